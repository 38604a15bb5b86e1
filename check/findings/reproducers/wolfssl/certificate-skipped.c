int main(void)
{
	WOLFSSL *client = end(0), *server = end(1);
	int hello, certificate_message;

	give(server, flight, turn(client));
	MUST(turn(server) > 0 && flight[5] == 2 /* ServerHello */);
	hello = record(0);
	MUST(flight[hello + 5] == 11 /* Certificate */);
	certificate_message = record(hello);
	MUST(flight[hello + certificate_message + 5] == 12 /* ServerKeyExchange */);
	give(client, flight, hello);
	give(client, flight + hello + certificate_message, record(hello + certificate_message));
	turn(client);
	if (alert(client) != 10)
		return saw(1, "a ServerKeyExchange without a Certificate before it is not refused with unexpected_message", alert(client));
	return saw(0, "a ServerKeyExchange without a Certificate before it is refused with unexpected_message", alert(client));
}
