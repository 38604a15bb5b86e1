int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);

	offer_ticket(client);
	MUST(SSL_set_session_secret_cb(server, secret, NULL));
	if (!shake(client, server))
		return saw(1, "the client refuses the ChangeCipherSpec with which the server takes its ticket");
	if (!SSL_session_reused(client) || !SSL_session_reused(server))
		return saw(1, "the handshake is done, but not under the ticket");
	return saw(0, "the handshake is done under the ticket");
}
