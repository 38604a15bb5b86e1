/* compress takes uncompressed, which is the first, out of the first record's ec_point_formats. */
static int compress(void)
{
	int found = 0;

	for (int i = 5; i + 6 <= record(); i++)
		if (memcmp(flight + i, "\0\13\0", 3) == 0 && flight[i + 3] == flight[i + 4] + 1 && flight[i + 5] == 0)
			flight[i + 5] = 1, found++;
	MUST(found == 1);
	return record();
}

int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA), *another = server_end(EVP_PKEY_RSA);

	MUST(SSL_set_cipher_list(client, "ECDHE-RSA-AES128-GCM-SHA256") == 1);
	MUST(turn(client) > 0);
	give(another, flight, record());
	give(server, flight, compress());
	turn(server);
	if (alert[1] == 0)
		return saw(1, "a server takes ec_point_formats without uncompressed");
	MUST(turn(another) > 0);
	give(client, flight, compress());
	turn(client);
	return saw(alert[0] == 0, alert[0] ? "ec_point_formats without uncompressed is refused" : "a client takes ec_point_formats without uncompressed");
}
