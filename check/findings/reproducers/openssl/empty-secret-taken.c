/* The client's callback knows the ticket, and gives no octet of a secret. */
static int empty(SSL *ssl, void *out, int *len, STACK_OF(SSL_CIPHER) *offered, const SSL_CIPHER **suite, void *arg)
{
	*len = 0;
	return 1;
}

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);

	offer_ticket(client);
	MUST(SSL_set_session_secret_cb(client, empty, NULL));
	MUST(SSL_set_session_secret_cb(server, secret, NULL));
	give(server, flight, turn(client));
	MUST(turn(server) > record());
	give(client, flight, record()); /* ServerHello alone */
	turn(client);
	if (alert[0] != SSL_AD_INTERNAL_ERROR)
		return saw(1, "a secret of no octets is taken");
	return saw(0, "a secret of no octets ends the handshake");
}
