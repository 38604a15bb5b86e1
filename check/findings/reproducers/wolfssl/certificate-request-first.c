/* A CertificateRequest: ecdsa_sign, ecdsa_secp256r1_sha256, and no authority. */
static const unsigned char request[] = {22, 3, 3, 0, 12, 13, 0, 0, 8, 1, 64, 0, 2, 4, 3, 0, 0};

int main(void)
{
	WOLFSSL *client = end(0), *server = end(1);

	give(server, flight, turn(client));
	MUST(turn(server) > record(0) && flight[5] == 2 /* ServerHello */);
	give(client, flight, record(0));
	give(client, request, sizeof request);
	turn(client);
	if (alert(client) != 10)
		return saw(1, "a CertificateRequest directly after ServerHello is not refused with unexpected_message", alert(client));
	return saw(0, "a CertificateRequest directly after ServerHello is refused with unexpected_message", alert(client));
}
