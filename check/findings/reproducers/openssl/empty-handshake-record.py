server = Peer()
server.send(b"")
server.send(client_hello())
first = server.next()
taken = first is not None and first[0] == 2
saw(taken, "a handshake record of no octets is %s" % ("ignored" if taken else "refused"), first[1] if first and first[0] == "alert" else None)
