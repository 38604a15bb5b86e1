#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/hash.h>

static unsigned char heard[1 << 14]; /* the handshake so far */
static int length;
static void hears(const void *data, int n) { memcpy(heard + length, data, n), length += n; }

/* says gives the server a handshake message. */
static void says(WOLFSSL *server, int type, const void *body, int n)
{
	unsigned char head[9] = {22, 3, 3, (n + 4) >> 8, n + 4, type, 0, n >> 8, n};
	give(server, head, 9), give(server, body, n), hears(head + 5, 4), hears(body, n);
}

int main(void)
{
	/* A ClientHello: ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, secp256r1, ecdsa_secp256r1_sha256. Then ecdsa_sha1. */
	unsigned char hello[59] = {3, 3, [35] = 0, 2, 0xc0, 0x2b, 1, 0, 0, 16, 0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 4, 0, 2, 4, 3};
	unsigned char chain[6 + sizeof certificate - 1] = {0, 1, 0x80, 0, 1, 0x7d}, point[66] = {65}, verify[256], digest[20];
	WOLFSSL *server = end(1);
	word32 at = 0, n = 200;
	ecc_key own;
	WC_RNG rng;

	MUST(wolfSSL_CTX_load_verify_buffer(wolfSSL_get_SSL_CTX(server), certificate, sizeof certificate - 1, WOLFSSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS);
	wolfSSL_set_verify(server, WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	says(server, 1, hello, sizeof hello);
	MUST(turn(server) > 0);
	for (int i = 0; i < sent; i += record(i))
		hears(flight + i + 5, record(i) - 5);
	says(server, 11, (memcpy(chain + 6, certificate, sizeof certificate - 1), chain), sizeof chain);
	says(server, 16, (memcpy(point + 1, key + sizeof key - 1 - 65, 65), point), sizeof point);
	MUST(wc_InitRng(&rng) == 0 && wc_ecc_init(&own) == 0 && wc_EccPrivateKeyDecode(key, &at, &own, sizeof key - 1) == 0);
	MUST(wc_ShaHash(heard, length, digest) == 0 && wc_ecc_sign_hash(digest, sizeof digest, verify + 4, &n, &rng, &own) == 0);
	verify[0] = 2, verify[1] = 3, verify[2] = 0, verify[3] = n;
	says(server, 15, verify, 4 + n), turn(server);
	return saw(alert(server) < 0, alert(server) < 0 ? "a CertificateVerify by SHA-1, which was not asked for, is taken" : "it is refused", alert(server));
}
