server = Peer()
server.send(client_hello(bytes(range(32)), suites=(0xC027, 0xC023), more=extension(22, b"")))
answer = server.expect(2)
answered = extension(22, b"") in answer[38 + answer[34]:]
saw(not answered, "encrypt_then_mac is %sanswered beside a Session ID" % ("" if answered else "not "), None)
