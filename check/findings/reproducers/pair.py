import os, socket, struct, sys

SUITES = (0xC02F, 0xC02B, 0xC030, 0xC02C, 0xC027, 0xC023)  # ECDHE with RSA and ECDSA


def vector(width, octets):
    return len(octets).to_bytes(width, "big") + octets


def extension(kind, data):
    return struct.pack(">H", kind) + vector(2, data)


def message(kind, body):
    return bytes([kind]) + vector(3, body)


def client_hello(session_id=b"", suites=SUITES, compression=b"\0", formats=b"\0", more=b""):
    """A ClientHello of TLS 1.2; more are extensions."""
    listed = (extension(10, b"\0\4\0\x17\0\x18") + extension(11, vector(1, formats)) +
              extension(13, b"\0\x0c\4\3\4\1\5\3\5\1\6\3\6\1") + extension(0xFF01, b"\0") + more)
    return message(1, b"\3\3" + os.urandom(32) + vector(1, session_id) + vector(2, struct.pack(">%dH" % len(suites), *suites)) +
                   vector(1, compression) + vector(2, listed))


def server_hello(hello, suite=None, more=b""):
    """A ServerHello of TLS 1.2 that answers a ClientHello's body."""
    at = 35 + hello[34]
    offered = struct.unpack(">%dH" % (int.from_bytes(hello[at:at + 2], "big") // 2), hello[at + 2:at + 2 + int.from_bytes(hello[at:at + 2], "big")])
    suite = suite or next((s for s in offered if s in SUITES), offered[0])
    return message(2, b"\3\3" + os.urandom(32) + b"\0" + struct.pack(">H", suite) + b"\0" + vector(2, extension(0xFF01, b"\0") + more))


class Peer:
    """The end that is tried, behind a stream."""

    def __init__(self):
        if len(sys.argv) > 1:
            host, port = sys.argv[1].rsplit(":", 1)
            self.conn = socket.create_connection((host, int(port)), 10)
        else:
            with socket.create_server(("127.0.0.1", 0)) as listener:
                print("listening on %d" % listener.getsockname()[1], flush=True)
                listener.settimeout(10)
                self.conn = listener.accept()[0]
        self.conn.settimeout(10)
        self.unread = self.partial = b""

    def send(self, octets, kind=22):
        try:
            self.conn.sendall(struct.pack(">BH", kind, 0x303) + vector(2, octets))
        except OSError:
            pass  # it has closed; what it said before is still to be read

    def hang_up(self):
        """Says that nothing more is sent, so that silence is told from slowness."""
        try:
            self.conn.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def next(self):
        """(type, body) of the next handshake message; ("alert", description); ("record", type) of another; None at the end."""
        while True:
            if len(self.partial) >= 4 and len(self.partial) >= 4 + int.from_bytes(self.partial[1:4], "big"):
                n = 4 + int.from_bytes(self.partial[1:4], "big")
                first, self.partial = self.partial[:n], self.partial[n:]
                return first[0], first[4:]
            while len(self.unread) < 5 or len(self.unread) < 5 + int.from_bytes(self.unread[3:5], "big"):
                try:
                    got = self.conn.recv(1 << 16)
                except ConnectionError:
                    got = b""
                except OSError as error:
                    sys.exit(cannot(error))
                if not got:
                    return None
                self.unread += got
            n = 5 + int.from_bytes(self.unread[3:5], "big")
            kind, body, self.unread = self.unread[0], self.unread[5:n], self.unread[n:]
            if kind == 22:
                self.partial += body
            elif kind == 21 and len(body) == 2:
                return "alert", body[1]
            else:
                return "record", kind

    def expect(self, kind):
        """The body of the next message, which has to be of this type."""
        m = self.next()
        if m is None or m[0] != kind:
            sys.exit(cannot("message %d does not come, but %s" % (kind, m)))
        return m[1]

    def alert(self):
        """The next alert; None: the stream ends without."""
        m = self.next()
        while m and m[0] != "alert":
            m = self.next()
        return m and m[1]


def cannot(why):
    print(why, file=sys.stderr)
    return 2


def saw(affected, what, alert):
    """Prints what was seen, and ends the program."""
    print("%s: %s (alert sent: %s)" % ("affected" if affected else "not affected", what, alert))
    sys.exit(1 if affected else 0)
