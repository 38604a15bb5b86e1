int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);
	int n;

	MUST(SSL_set1_curves_list(client, "X25519") == 1);
	MUST(SSL_set_cipher_list(client, "ECDHE-RSA-AES128-GCM-SHA256") == 1);
	give(server, flight, turn(client));
	give(client, flight, turn(server));
	n = turn(client);
	MUST(n > record() && flight[5] == SSL3_MT_CLIENT_KEY_EXCHANGE && flight[9] == 32);

	/* On its way, the client's public value becomes zero. */
	memset(flight + 10, 0, 32);
	give(server, flight, n);
	turn(server);
	if (alert[1] == SSL_AD_INTERNAL_ERROR)
		return saw(1, "a public value of zero is refused with internal_error");
	return saw(alert[1] == 0, alert[1] ? "a public value of zero is refused" : "a public value of zero is taken");
}
