static int tickets, takes; /* NewSessionTickets that the server has sent; what its callback says */

static void watch(int sent, int version, int type, const void *data, size_t n, SSL *ssl, void *arg)
{
	if (sent && type == SSL3_RT_HANDSHAKE && n > 0 && *(const unsigned char *)data == SSL3_MT_NEWSESSION_TICKET)
		tickets++;
}

static int answer(SSL *ssl, void *out, int *len, STACK_OF(SSL_CIPHER) *offered, const SSL_CIPHER **suite, void *arg)
{
	return takes && secret(ssl, out, len, offered, suite, arg);
}

static int connects(int accepted)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);

	takes = accepted;
	offer_ticket(client);
	MUST(SSL_set_session_secret_cb(server, answer, NULL));
	SSL_set_msg_callback(server, watch);
	return shake(client, server);
}

int main(void)
{
	MUST(connects(1) && connects(0));
	if (tickets > 0)
		return saw(1, "the server issues a ticket of its own while it has the callback");
	return saw(0, "the server issues no ticket while it has the callback");
}
