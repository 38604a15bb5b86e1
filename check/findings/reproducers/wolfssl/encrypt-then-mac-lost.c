#define OCTETS_32 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8

/* A ClientHello of TLS 1.2 with ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, a Session ID that
 * nobody knows, secp256r1, ecdsa_secp256r1_sha256, and encrypt_then_mac. */
static const unsigned char hello[] = {22, 3, 1, 0, 99, 1, 0, 0, 95, 3, 3, OCTETS_32, 32, OCTETS_32, 0, 2, 0xc0, 0x23, 1, 0,
	0, 20, 0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 4, 0, 2, 4, 3, 0, 22, 0, 0};

int main(void)
{
	WOLFSSL *server = end(1);
	int answered = 0;

	give(server, hello, sizeof hello);
	MUST(turn(server) > record(0) && flight[5] == 2 /* ServerHello */);
	for (int i = 5; i + 4 <= record(0); i++)
		answered |= memcmp(flight + i, "\0\26\0\0", 4) == 0;
	return saw(!answered, answered ? "encrypt_then_mac is answered beside a Session ID" : "encrypt_then_mac is not answered beside a Session ID", alert(server));
}
