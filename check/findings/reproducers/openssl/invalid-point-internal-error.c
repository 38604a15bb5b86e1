int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);
	int n;

	MUST(SSL_set1_curves_list(client, "P-256") == 1);
	MUST(SSL_set_cipher_list(client, "ECDHE-RSA-AES128-GCM-SHA256") == 1);
	give(server, flight, turn(client));
	give(client, flight, turn(server));
	n = turn(client);
	MUST(n > record() && flight[5] == SSL3_MT_CLIENT_KEY_EXCHANGE);

	/* On its way, the client's point leaves the curve. */
	flight[record() - 1] ^= 1;
	give(server, flight, n);
	turn(server);
	if (alert[1] == SSL_AD_INTERNAL_ERROR)
		return saw(1, "a point that is not on the curve is refused with internal_error");
	return saw(alert[1] == 0, alert[1] ? "a point that is not on the curve is refused" : "a point that is not on the curve is taken");
}
