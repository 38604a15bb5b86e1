int main(void)
{
	WOLFSSL *client = end(0), *server = end(1);
	int at = 5 + 4 + 2 + 32;

	/* On its way, ClientHello's only compression method becomes DEFLATE. */
	MUST(turn(client) > at);
	at += 1 + flight[at];
	at += 2 + (flight[at] << 8 | flight[at + 1]);
	MUST(flight[at] == 1 && flight[at + 1] == 0);
	flight[at + 1] = 1;
	give(server, flight, sent);
	turn(server);
	if (alert(server) < 0)
		return saw(1, "a ClientHello without null compression is taken", alert(server));
	return saw(0, "a ClientHello without null compression is refused", alert(server));
}
