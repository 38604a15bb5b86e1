server = Peer()
server.send(client_hello())
server.expect(2), server.expect(11), server.expect(12), server.expect(14)
# secp256r1's base point, a bit of which is wrong.
point = bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f4")
server.send(message(16, vector(1, point)))
server.hang_up()
alert = server.alert()
saw(alert == 80, "a point that is not on the curve is refused%s" % (" with internal_error" if alert == 80 else ""), alert)
