int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA), *again;
	int n, i, found = 0;

	MUST(shake(client, server));
	again = connection(SSL_get_SSL_CTX(client), 0);
	MUST(SSL_set_session(again, SSL_get1_session(client)));

	/* On its way, ClientHello loses extended_master_secret (23, and empty). */
	n = turn(again);
	for (i = 5; i + 4 <= n; i++)
		if (memcmp(flight + i, "\0\027\0\0", 4) == 0)
			flight[i] = flight[i + 1] = 0x5a, found++;
	MUST(found == 1);
	server = connection(SSL_get_SSL_CTX(server), 1);
	give(server, flight, n);
	n = turn(server);
	if (alert[1] == 0)
		return saw(1, "a session with extended master secret is offered without, and the server goes on");
	if (alert[1] != SSL_AD_HANDSHAKE_FAILURE)
		return saw(1, "a session with extended master secret is offered without, and the alert is not handshake_failure");
	return saw(0, "a session with extended master secret is offered without, and the alert is handshake_failure");
}
