/* A CertificateRequest: ecdsa_sign, one and a half algorithms, no authority. */
static const unsigned char request[] = {22, 3, 3, 0, 13, 13, 0, 0, 9, 1, 64, 0, 3, 4, 3, 4, 0, 0};

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);
	int n, at = 0;

	MUST(SSL_set_cipher_list(client, "ECDHE-RSA-AES128-GCM-SHA256") == 1);
	give(server, flight, turn(client));
	n = turn(server);
	/* ServerHello, Certificate and ServerKeyExchange are the server's. */
	for (int i = 0; i < 3; i++)
		at += 5 + (flight[at + 3] << 8 | flight[at + 4]);
	MUST(at < n && flight[at + 5] == SSL3_MT_SERVER_DONE);
	give(client, flight, at);
	give(client, request, sizeof request);
	turn(client);
	if (alert[0] == SSL_AD_INTERNAL_ERROR)
		return saw(1, "a CertificateRequest with half an algorithm is refused with internal_error");
	return saw(alert[0] == 0, alert[0] ? "a CertificateRequest with half an algorithm is refused" : "a CertificateRequest with half an algorithm is taken");
}
