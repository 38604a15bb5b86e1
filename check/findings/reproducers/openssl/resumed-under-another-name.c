/* named knows every name. */
static int named(SSL *ssl, int *al, void *arg) { return SSL_TLSEXT_ERR_OK; }

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA), *again;

	MUST(SSL_CTX_set_session_id_context(SSL_get_SSL_CTX(server), (const unsigned char *)"id", 2) == 1);
	SSL_CTX_set_tlsext_servername_callback(SSL_get_SSL_CTX(server), named);
	server = connection(SSL_get_SSL_CTX(server), 1);
	MUST(SSL_set_tlsext_host_name(client, "one.test") == 1);
	MUST(shake(client, server));

	again = connection(SSL_get_SSL_CTX(client), 0);
	MUST(SSL_set_session(again, SSL_get1_session(client)) && SSL_set_tlsext_host_name(again, "two.test") == 1);
	server = connection(SSL_get_SSL_CTX(server), 1);
	MUST(shake(again, server));
	if (SSL_session_reused(again))
		return saw(1, "a session that was made for one.test is resumed for two.test");
	return saw(0, "a session that was made for one.test is not resumed for two.test");
}
