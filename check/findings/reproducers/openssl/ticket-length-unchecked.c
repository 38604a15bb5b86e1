int main(void)
{
	static unsigned char long_ticket[70000];
	SSL *client = client_end();

	if (SSL_set_session_ticket_ext(client, long_ticket, sizeof long_ticket) != 0)
		return saw(1, "a ticket that no extension has room for is taken");
	if (SSL_set_session_ticket_ext(client, long_ticket, -1) != 0)
		return saw(1, "a ticket of -1 octets is taken");
	return saw(0, "tickets that no extension has room for are refused");
}
