/* psk_key_exchange_modes: psk_dhe_ke. */
static const unsigned char modes[] = {0, 45, 0, 2, 1, 1};

int main(void)
{
	WOLFSSL *client = end(0), *server = end(1);
	int hello, at, length;

	give(server, flight, turn(client));
	MUST(turn(server) > 0 && flight[5] == 2 /* ServerHello */);
	hello = record(0);

	/* On its way, ServerHello gets an extension more. */
	at = 5 + 4 + 2 + 32;
	at += 1 + flight[at] + 2 + 1;
	MUST(at < hello); /* it has extensions */
	memmove(flight + hello + sizeof modes, flight + hello, sent - hello);
	memcpy(flight + hello, modes, sizeof modes);
	for (int i = 0; i < 3; i++) {
		int where = (int[]){3, 7, at}[i];
		length = (flight[where] << 8 | flight[where + 1]) + sizeof modes;
		flight[where] = length >> 8, flight[where + 1] = length;
	}
	give(client, flight, record(0));
	turn(client);
	if (alert(client) < 0)
		return saw(1, "an extension that was not asked for is taken from a ServerHello", alert(client));
	return saw(0, "an extension that was not asked for is refused in a ServerHello", alert(client));
}
