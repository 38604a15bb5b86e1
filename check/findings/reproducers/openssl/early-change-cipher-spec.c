static const unsigned char ccs[] = {SSL3_RT_CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 1};

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);

	/* To the client, after ServerHello. No ticket is pending. */
	give(server, flight, turn(client));
	MUST(turn(server) > record());
	give(client, flight, record());
	give(client, ccs, sizeof ccs);
	turn(client);

	/* To the server, before ClientKeyExchange. */
	give(server, ccs, sizeof ccs);
	turn(server);
	if (alert[0] != SSL_AD_UNEXPECTED_MESSAGE || alert[1] != SSL_AD_UNEXPECTED_MESSAGE)
		return saw(1, "a ChangeCipherSpec before there are keys was not refused with unexpected_message");
	return saw(0, "both ends refuse a ChangeCipherSpec before there are keys");
}
