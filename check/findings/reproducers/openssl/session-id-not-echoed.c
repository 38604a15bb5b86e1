int main(void)
{
	static const unsigned char id[32] = "the Session ID of the client";
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);
	int n, at = 5 + 4 + 2 + 32, length;

	offer_ticket(client);
	MUST(SSL_set_session_secret_cb(server, secret, NULL));

	/* ClientHello gets a Session ID on its way. */
	n = turn(client);
	MUST(n > at && n == record() && flight[at] == 0);
	memmove(flight + at + 1 + sizeof id, flight + at + 1, n - at - 1);
	memcpy(flight + at + 1, id, flight[at] = sizeof id);
	length = n - 5 + sizeof id;
	flight[3] = length >> 8, flight[4] = length;
	length -= 4;
	flight[7] = length >> 8, flight[8] = length;
	give(server, flight, n + sizeof id);

	n = turn(server);
	MUST(n > at && flight[5] == SSL3_MT_SERVER_HELLO && flight[record()] == SSL3_RT_CHANGE_CIPHER_SPEC);
	if (flight[at] != sizeof id || memcmp(flight + at + 1, id, sizeof id) != 0)
		return saw(1, "the ticket was taken, and ServerHello has another Session ID");
	return saw(0, "the ticket was taken, and ServerHello has the client's Session ID");
}
