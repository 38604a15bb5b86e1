/* A Certificate that has none. */
static const unsigned char empty[] = {22, 3, 3, 0, 7, 11, 0, 0, 3, 0, 0, 0};

int main(void)
{
	WOLFSSL *client = end(0), *server = end(1);

	give(server, flight, turn(client));
	MUST(turn(server) > record(0) && flight[5] == 2 /* ServerHello */);
	give(client, flight, record(0));
	give(client, empty, sizeof empty);
	turn(client);
	if (alert(client) < 0)
		return saw(1, "a Certificate message without a certificate is taken from a server", alert(client));
	return saw(0, "a Certificate message without a certificate is refused", alert(client));
}
