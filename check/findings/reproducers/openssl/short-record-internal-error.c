/* An application data record that is shorter than the tag. */
static const unsigned char record_of_five[] = {SSL3_RT_APPLICATION_DATA, 3, 3, 0, 5, 1, 2, 3, 4, 5};

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);
	char data[16];

	MUST(SSL_set_cipher_list(client, "ECDHE-RSA-CHACHA20-POLY1305") == 1);
	MUST(shake(client, server));
	give(server, record_of_five, sizeof record_of_five);
	SSL_read(server, data, sizeof data);
	if (alert[1] != SSL_AD_BAD_RECORD_MAC)
		return saw(1, "a record that is shorter than ChaCha20-Poly1305's tag is not refused with bad_record_mac");
	return saw(0, "a record that is shorter than ChaCha20-Poly1305's tag is refused with bad_record_mac");
}
