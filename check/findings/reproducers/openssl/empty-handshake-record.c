static const unsigned char empty[] = {SSL3_RT_HANDSHAKE, 3, 3, 0, 0};

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);
	int n = turn(client), taken;

	give(server, empty, sizeof empty);
	give(server, flight, n);
	n = turn(server);
	taken = n > 5 && flight[0] == SSL3_RT_HANDSHAKE;
	give(client, empty, sizeof empty);
	give(client, flight, n);
	n = turn(client);
	taken |= n > 5 && flight[0] == SSL3_RT_HANDSHAKE;
	if (taken)
		return saw(1, "a handshake record of no octets is ignored");
	return saw(0, "a handshake record of no octets is refused");
}
