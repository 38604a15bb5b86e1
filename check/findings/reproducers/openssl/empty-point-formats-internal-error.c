int main(void)
{
	SSL *client = client_end(), *server = server_end(EVP_PKEY_RSA);
	int n, at = 5, gone, where[3] = {3, 7, 5 + 4 + 2 + 32};

	MUST(SSL_set_cipher_list(client, "ECDHE-RSA-AES128-GCM-SHA256") == 1);
	give(server, flight, turn(client));
	turn(server);
	n = record();
	while (at + 6 <= n && (memcmp(flight + at, "\0\13\0", 3) != 0 || flight[at + 3] != flight[at + 4] + 1))
		at++;
	MUST(at + 6 <= n);

	/* On its way, ServerHello's ec_point_formats become empty. */
	gone = flight[at + 4];
	flight[at + 3] = 1, flight[at + 4] = 0;
	memmove(flight + at + 5, flight + at + 5 + gone, n - at - 5 - gone);
	where[2] += 1 + flight[where[2]] + 2 + 1;
	for (int i = 0; i < 3; i++) {
		int length = (flight[where[i]] << 8 | flight[where[i] + 1]) - gone;
		flight[where[i]] = length >> 8, flight[where[i] + 1] = length;
	}
	give(client, flight, n - gone);
	turn(client);
	if (alert[0] == SSL_AD_INTERNAL_ERROR)
		return saw(1, "ec_point_formats with an empty list is refused with internal_error");
	return saw(alert[0] == 0, alert[0] ? "ec_point_formats with an empty list is refused" : "ec_point_formats with an empty list is taken");
}
