client = Peer()
client.send(server_hello(client.expect(1)))
# ServerKeyExchange on secp256r1; neither its point nor its signature is good.
client.send(message(12, b"\3\0\x17" + vector(1, b"\4" + bytes(64)) + b"\4\3" + vector(2, bytes(70))))
client.hang_up()
alert = client.alert()
saw(alert != 10, "a ServerKeyExchange without a Certificate before it is %srefused with unexpected_message" % ("" if alert == 10 else "not "), alert)
