static int calls;

static int counts(SSL *ssl, void *out, int *len, STACK_OF(SSL_CIPHER) *offered, const SSL_CIPHER **suite, void *arg)
{
	calls++;
	return 0;
}

/* The server_end of TLS gives its certificate to one of DTLS. */
static SSL *dtls(const SSL_METHOD *method, SSL *like, int server)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	MUST(ctx != NULL);
	if (server)
		MUST(SSL_CTX_use_certificate(ctx, SSL_get_certificate(like)) && SSL_CTX_use_PrivateKey(ctx, SSL_get_privatekey(like)));
	return connection(ctx, server);
}

int main(void)
{
	SSL *client = dtls(DTLS_client_method(), NULL, 0), *server = dtls(DTLS_server_method(), server_end(EVP_PKEY_RSA), 1);
	int n;

	MUST(SSL_set_session_secret_cb(server, counts, NULL));
	give(server, flight, turn(client));
	n = turn(server);
	MUST(n > 13 && flight[13] == SSL3_MT_SERVER_HELLO);
	if (calls > 0)
		return saw(1, "the server's callback is called under DTLS");
	return saw(0, "the server's callback is not called under DTLS");
}
