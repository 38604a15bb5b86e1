#define OCTETS_32 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8

/* A ClientHello with a Session ID at 44, and two.test as its server_name. */
static unsigned char hello[] = {22, 3, 1, 0, 118, 1, 0, 0, 114, 3, 3, OCTETS_32, 32, OCTETS_32, 0, 4, 0xc0, 0x2b, 0xc0, 0x2c, 1, 0,
	0, 37, 0, 0, 0, 13, 0, 11, 0, 0, 8, 't', 'w', 'o', '.', 't', 'e', 's', 't', 0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 4, 0, 2, 4, 3, 0, 23, 0, 0};

/* again makes another end with the settings of one, and its session cache. */
static WOLFSSL *again(WOLFSSL *ssl, int server)
{
	WOLFSSL *another = wolfSSL_new(wolfSSL_get_SSL_CTX(ssl));

	MUST(another != NULL);
	to[server].at = to[server].end = 0;
	wolfSSL_SetIOReadCtx(another, &to[server]);
	return another;
}

int main(void)
{
	WOLFSSL *client = end(0), *server = end(1);

	wolfSSL_CTX_set_session_cache_mode(wolfSSL_get_SSL_CTX(client), WOLFSSL_SESS_CACHE_OFF); /* both ends share it */
	client = again(client, 0);
	MUST(wolfSSL_UseSNI(client, WOLFSSL_SNI_HOST_NAME, "one.test", 8) == WOLFSSL_SUCCESS);
	for (int i = 0; i < 6; i++) {
		give(server, flight, turn(client));
		turn(server);
		if (i == 0)
			memcpy(hello + 44, flight + 44, 32);
		give(client, flight, sent);
	}
	MUST(wolfSSL_is_init_finished(client) && wolfSSL_is_init_finished(server));
	server = again(server, 1);
	give(server, hello, sizeof hello);
	MUST(turn(server) > record(0));
	if (flight[record(0)] == 20 /* ChangeCipherSpec */)
		return saw(1, "a session that was made for one.test is resumed for two.test", alert(server));
	return saw(0, "a session that was made for one.test is not resumed for two.test", alert(server));
}
