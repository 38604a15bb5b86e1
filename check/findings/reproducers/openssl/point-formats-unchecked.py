server = Peer()
server.send(client_hello(formats=b"\1\2"))
first = server.next()
taken = first is not None and first[0] == 2
saw(taken, "a server %s ec_point_formats without uncompressed" % ("takes" if taken else "refuses"), first[1] if first and first[0] == "alert" else None)
