client = Peer()
hello = client.expect(1)
at = 35 + hello[34]
n = int.from_bytes(hello[at:at + 2], "big")
suites = struct.unpack(">%dH" % (n // 2), hello[at + 2:at + 2 + n])
signalled = 0xFF in suites or extension(0xFF01, b"\0") in hello[at + 2 + n:]
saw(not signalled, "ClientHello has %s" % ("the signal of secure renegotiation" if signalled else "neither renegotiation_info nor its signal"), None)
