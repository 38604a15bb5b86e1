client = Peer()
client.send(server_hello(client.expect(1)))
# ecdsa_sign, ecdsa_secp256r1_sha256, and no authority.
client.send(message(13, b"\1\x40" + b"\0\2\4\3" + b"\0\0"))
client.hang_up()
alert = client.alert()
saw(alert != 10, "a CertificateRequest directly after ServerHello is %srefused with unexpected_message" % ("" if alert == 10 else "not "), alert)
