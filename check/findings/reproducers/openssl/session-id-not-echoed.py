# The server's callback takes the ticket "PAC-Opaque".
server, own = Peer(), bytes(range(32))
server.send(client_hello(own, more=extension(35, b"PAC-Opaque")))
answer = server.expect(2)
if server.next() != ("record", 20):
    sys.exit(cannot("the server does not take the ticket"))
echoed = answer[35:35 + answer[34]] == own
saw(not echoed, "the ticket is taken, and the Session ID of ClientHello is %srepeated" % ("" if echoed else "not "), None)
