int main(void)
{
	WOLFSSL *client = end(0);
	int at = 5 + 4 + 2 + 32, signalled = 0;

	MUST(turn(client) > at && flight[5] == 1 /* ClientHello */);
	at += 1 + flight[at];
	for (int n = flight[at] << 8 | flight[at + 1]; n > 0; n -= 2)
		at += 2, signalled |= flight[at] == 0 && flight[at + 1] == 255; /* the signal, as a suite */
	for (at += 2; at + 5 <= sent; at++)
		signalled |= memcmp(flight + at, "\xff\1\0\1\0", 5) == 0; /* renegotiation_info */
	return saw(!signalled, signalled ? "ClientHello has the signal of secure renegotiation" : "ClientHello has neither renegotiation_info nor its signal", alert(client));
}
