/* An extension of a type that nobody has defined, and that the client has not sent. */
static const unsigned char unknown[] = {0x5a, 0x5a, 0, 0};

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);
	int n, at = 5 + 4 + 2 + 32, length, where[3];

	give(server, flight, turn(client));
	n = turn(server);
	MUST(n > record() && flight[5] == SSL3_MT_SERVER_HELLO);

	/* ServerHello gets it on its way, and the client sees no more than that. */
	at += 1 + flight[at] + 2 + 1;
	MUST(at < record());
	memcpy(flight + record(), unknown, sizeof unknown);
	where[0] = 3, where[1] = 7, where[2] = at;
	for (int i = 0; i < 3; i++) {
		length = (flight[where[i]] << 8 | flight[where[i] + 1]) + sizeof unknown;
		flight[where[i]] = length >> 8, flight[where[i] + 1] = length;
	}
	give(client, flight, record());
	turn(client);
	if (alert[0] != SSL_AD_UNSUPPORTED_EXTENSION)
		return saw(1, "an extension that was not asked for is taken from a ServerHello");
	return saw(0, "an extension that was not asked for is refused in a ServerHello");
}
