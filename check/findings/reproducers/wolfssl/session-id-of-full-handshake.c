int main(void)
{
	static const unsigned char id[32] = "a session that nobody knows";
	WOLFSSL *client = end(0), *server = end(1);
	int n, at = 5 + 4 + 2 + 32, length;

	/* On its way, ClientHello gets a Session ID. */
	n = turn(client);
	MUST(n > at && flight[at] == 0);
	memmove(flight + at + 1 + sizeof id, flight + at + 1, n - at - 1);
	memcpy(flight + at + 1, id, flight[at] = sizeof id);
	length = n - 5 + sizeof id;
	flight[3] = length >> 8, flight[4] = length;
	length -= 4;
	flight[7] = length >> 8, flight[8] = length;
	give(server, flight, n + sizeof id);

	MUST(turn(server) > record(0) && flight[5] == 2 && flight[record(0) + 5] == 11 /* ServerHello, Certificate */);
	if (flight[at] == sizeof id && memcmp(flight + at + 1, id, sizeof id) == 0)
		return saw(1, "the ServerHello of a full handshake has the client's Session ID", alert(server));
	return saw(0, "the ServerHello of a full handshake has a Session ID of its own, or none", alert(server));
}
