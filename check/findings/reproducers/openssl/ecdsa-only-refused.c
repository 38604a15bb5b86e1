static int takes = 1;

/* The server's callback leaves the choice of the suite to the library. */
static int accepts(SSL *ssl, void *out, int *len, STACK_OF(SSL_CIPHER) *offered, const SSL_CIPHER **suite, void *arg)
{
	memset(out, 0x5a, *len = 48);
	return takes;
}

static int connects(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_EC);

	offer_ticket(client);
	MUST(SSL_set_session_secret_cb(server, accepts, NULL));
	return shake(client, server);
}

int main(void)
{
	takes = 0;
	MUST(connects()); /* in full, by ECDSA */
	takes = 1;
	if (!connects())
		return saw(1, "with an ECDSA certificate alone, a full handshake is done and one under the ticket is refused");
	return saw(0, "with an ECDSA certificate alone, both handshakes are done");
}
