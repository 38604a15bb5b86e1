/* A ClientHello of TLS 1.2 with no suite, and null compression. */
static const unsigned char hello[] = {22, 3, 1, 0, 43, 1, 0, 0, 39, 3, 3,
	1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8,
	0, 0, 0, 1, 0};

int main(void)
{
	SSL *server = server_end(EVP_PKEY_RSA);

	give(server, hello, sizeof hello);
	turn(server);
	if (alert[1] != SSL_AD_DECODE_ERROR)
		return saw(1, "a list of suites of no octets is not refused with decode_error");
	return saw(0, "a list of suites of no octets is refused with decode_error");
}
