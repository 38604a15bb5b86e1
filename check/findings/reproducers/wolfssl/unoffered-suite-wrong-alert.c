int main(void)
{
	WOLFSSL *client = end(0), *server = end(1);
	int at = 5 + 4 + 2 + 32;

	give(server, flight, turn(client));
	MUST(turn(server) > record(0) && flight[5] == 2 /* ServerHello */);

	/* On its way, the suite becomes one that the client has not offered: RSA with RC4 and MD5. */
	at += 1 + flight[at];
	flight[at] = 0, flight[at + 1] = 4;
	give(client, flight, record(0));
	turn(client);
	if (alert(client) != 47)
		return saw(1, "a suite that was not offered is not refused with illegal_parameter", alert(client));
	return saw(0, "a suite that was not offered is refused with illegal_parameter", alert(client));
}
