static int secret(WOLFSSL *ssl, void *out, int *len, void *arg)
{
	memset(out, 0x5a, *len = 48);
	return 0;
}

static int connects(int with_callback)
{
	WOLFSSL *client = end(0), *server = end(1);
	int done;

	memset(to, 0, sizeof to);
	MUST(wolfSSL_UseSessionTicket(client) == WOLFSSL_SUCCESS); /* an empty extension: it would take a ticket */
	if (with_callback)
		MUST(wolfSSL_set_session_secret_cb(server, secret, NULL) == WOLFSSL_SUCCESS);
	for (int i = 0; i < 8; i++) {
		give(server, flight, turn(client));
		give(client, flight, turn(server));
	}
	done = wolfSSL_is_init_finished(client) && wolfSSL_is_init_finished(server);
	wolfSSL_free(client);
	wolfSSL_free(server);
	return done;
}

int main(void)
{
	MUST(connects(0));
	if (!connects(1))
		return saw(1, "with the callback set, a client that offers no ticket cannot connect", -1);
	return saw(0, "with the callback set, a client that offers no ticket connects", -1);
}
