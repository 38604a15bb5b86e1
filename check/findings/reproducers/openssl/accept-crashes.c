/* The server's callback leaves the choice of the suite to the library. */
static int accepts(SSL *ssl, void *out, int *len, STACK_OF(SSL_CIPHER) *offered, const SSL_CIPHER **suite, void *arg)
{
	memset(out, 0x5a, *len = 48);
	return 1;
}

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);

	offer_ticket(client);
	MUST(SSL_set_session_secret_cb(server, accepts, NULL));
	if (!shake(client, server))
		return saw(1, "the handshake under the ticket failed");
	return saw(0, "the handshake under the ticket is done");
}
