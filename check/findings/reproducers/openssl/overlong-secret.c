/* The client's callback claims more than it was given room for. It writes no more
 * than that. */
static int overlong(SSL *ssl, void *out, int *len, STACK_OF(SSL_CIPHER) *offered, const SSL_CIPHER **suite, void *arg)
{
	memset(out, 0x5a, *len);
	*len += 4096;
	return 1;
}

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);
	int n;

	offer_ticket(client);
	MUST(SSL_set_session_secret_cb(client, overlong, NULL));
	MUST(SSL_set_session_secret_cb(server, secret, NULL));
	give(server, flight, turn(client));
	n = turn(server);
	MUST(n > record());
	give(client, flight, n);
	turn(client); /* reads the secret past its end, if it has taken the length */
	if (alert[0] != SSL_AD_INTERNAL_ERROR)
		return saw(1, "the client has taken a secret that is longer than its buffer");
	return saw(0, "the client has refused a secret that is longer than its buffer");
}
