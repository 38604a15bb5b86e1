static int declines(SSL *ssl, void *out, int *len, STACK_OF(SSL_CIPHER) *offered, const SSL_CIPHER **suite, void *arg)
{
	return 0;
}

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);

	offer_ticket(client);
	MUST(SSL_set_session_secret_cb(server, declines, NULL));
	if (!shake(client, server))
		return saw(1, "a ticket that the server declines ends the handshake");
	if (SSL_session_reused(client) || SSL_session_reused(server))
		return saw(1, "the server has declined the ticket, and the session counts as resumed");
	return saw(0, "a ticket that the server declines leads to a full handshake");
}
