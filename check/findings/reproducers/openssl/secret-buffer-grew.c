static int room;

/* The client's callback is one of the time when the length went without saying. */
static int untouched(SSL *ssl, void *out, int *len, STACK_OF(SSL_CIPHER) *offered, const SSL_CIPHER **suite, void *arg)
{
	room = *len;
	memset(out, 0, *len);
	memset(out, 0x5a, 48);
	return 1;
}

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);
	int done;

	offer_ticket(client);
	MUST(SSL_set_session_secret_cb(client, untouched, NULL));
	MUST(SSL_set_session_secret_cb(server, secret, NULL));
	done = shake(client, server);
	printf("the callback is offered room for %d octets\n", room);
	if (!done)
		return saw(1, "48 octets of secret and an untouched length do not make a master secret of 48 octets");
	return saw(0, "48 octets of secret and an untouched length make a master secret of 48 octets");
}
