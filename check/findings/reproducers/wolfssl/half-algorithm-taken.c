/* A CertificateRequest: ecdsa_sign, one and a half algorithms, no authority. */
static const unsigned char request[] = {22, 3, 3, 0, 13, 13, 0, 0, 9, 1, 64, 0, 3, 4, 3, 4, 0, 0};

int main(void)
{
	WOLFSSL *client = end(0), *server = end(1);
	int at = 0;

	give(server, flight, turn(client));
	MUST(turn(server) > 0);
	/* ServerHello, Certificate and ServerKeyExchange are the server's. */
	for (int i = 0; i < 3; i++)
		at += record(at);
	MUST(at < sent && flight[at + 5] == 14 /* ServerHelloDone */);
	give(client, flight, at);
	give(client, request, sizeof request);
	turn(client);
	return saw(alert(client) < 0, alert(client) < 0 ? "a CertificateRequest with half an algorithm is taken" : "a CertificateRequest with half an algorithm is refused", alert(client));
}
