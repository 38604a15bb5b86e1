#define OCTETS_32 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8

/* A ClientHello of TLS 1.2 with ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, secp256r1 and ecdsa_secp256r1_sha256. */
static const unsigned char hello[] = {22, 3, 1, 0, 63, 1, 0, 0, 59, 3, 3, OCTETS_32, 0, 0, 2, 0xc0, 0x2b, 1, 0,
	0, 16, 0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 4, 0, 2, 4, 3};
/* The headers of a Certificate, and a CertificateVerify that nobody has signed. */
static const unsigned char head[] = {22, 3, 3, 1, 0x87, 11, 0, 1, 0x83, 0, 1, 0x80, 0, 1, 0x7d};
static const unsigned char verify[] = {22, 3, 3, 0, 40, 15, 0, 0, 36, 4, 3, 0, 32, OCTETS_32};

int main(void)
{
	WOLFSSL *server = end(1);

	MUST(sizeof certificate - 1 == 0x17d);
	MUST(wolfSSL_CTX_load_verify_buffer(wolfSSL_get_SSL_CTX(server), certificate, sizeof certificate - 1, WOLFSSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS);
	wolfSSL_set_verify(server, WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	give(server, hello, sizeof hello);
	MUST(turn(server) > 0 && flight[5] == 2 /* ServerHello */);
	give(server, head, sizeof head);
	give(server, certificate, sizeof certificate - 1);
	give(server, verify, sizeof verify);
	turn(server);
	if (alert(server) != 10)
		return saw(1, "a CertificateVerify before ClientKeyExchange is not refused with unexpected_message", alert(server));
	return saw(0, "a CertificateVerify before ClientKeyExchange is refused with unexpected_message", alert(server));
}
