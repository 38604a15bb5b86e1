# words.py: what the player says and hears: hellos, flights, records, all in the
# clear. SPDX-License-Identifier: CC0-1.0
import base64, hashlib, os, struct

FRESH, OTHER, FOREIGN = b"\xa2" * 32, b"\xa6" * 32, b"\xa5" * 48
VERSIONS = {"3.0": 0x300, "1.0": 0x301, "1.1": 0x302, "1.2": 0x303}
TYPES = {"HelloRequest": 0, "ClientHello": 1, "ServerHello": 2, "NewSessionTicket": 4, "Certificate": 11, "ServerKeyExchange": 12,
         "CertificateRequest": 13, "ServerHelloDone": 14, "CertificateVerify": 15, "ClientKeyExchange": 16, "Finished": 20}
NAMES = {octet: name for name, octet in TYPES.items()}
# The curves' base points are public keys as good as any.
POINTS = {29: bytes([9]) + bytes(31), 23: b"\x04" + bytes.fromhex(
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")}


class Skip(Exception):
    """The case cannot be played with this system."""


def vector(width, octets):
    return len(octets).to_bytes(width, "big") + octets


def number(word, known=None):
    return known[word] if known and word in known else int(word, 16)


def version(word):
    return number(word or "1.2", VERSIONS)


def apply(edit, octets, header=False):
    """Cuts, changes and appends, as an edit says."""
    if not edit:
        return octets
    out = bytearray(octets[:max(0, len(octets) - edit.get("cut", 0))])
    at = edit.get("at", 0)
    at += len(out) if at < 0 else 0
    if edit.get("xor") and 0 <= at < len(out):
        out[at] ^= edit["xor"]
    out += bytes.fromhex(edit.get("append", "")) + b"\xa5" * edit.get("fill", 0)
    if header and edit.get("length") and len(out) >= 4:
        out[1:4] = (len(out) - 4).to_bytes(3, "big")
    return bytes(out)


def pem(file):
    with open(file, encoding="ascii") as f:
        return base64.b64decode("".join(line for line in f.read().splitlines() if not line.startswith("-")))


def der(octets):
    """The elements of a DER sequence's content, as (tag, content)."""
    at = 0
    while at < len(octets):
        tag, size, at = octets[at], octets[at + 1], at + 2
        if size & 0x80:
            more = size & 0x7F
            size, at = int.from_bytes(octets[at:at + more], "big"), at + more
        yield tag, octets[at:at + size]
        at += size


def rsa_key(file):
    """n and d of a PKCS #8 file."""
    whole = next(der(pem(file)))[1]
    inner = [content for tag, content in der(whole) if tag == 4][0]
    numbers = [int.from_bytes(content, "big") for tag, content in der(next(der(inner))[1])]
    return numbers[1], numbers[3]


def rsa_sign(key, octets, wrong):
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, Section 8.2)."""
    digest = bytearray(hashlib.sha256(octets).digest())
    digest[0] ^= wrong
    size = (key[0].bit_length() + 7) // 8
    info = bytes.fromhex("3031300d060960864801650304020105000420") + bytes(digest)
    padded = b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info
    return pow(int.from_bytes(padded, "big"), key[1], key[0]).to_bytes(size, "big")


def ffdhe2048():
    """The prime of RFC 7919, Appendix A.1, from its formula."""
    scale, e, term, i = 1 << 2100, 0, 1 << 2100, 0
    while term:
        e, i = e + term, i + 1
        term //= i
    return (1 << 2048) - (1 << 1984) + (((e << 1918) // scale + 560316) << 64) - 1


class Words:
    """What one end of one connection says, and hears."""

    def __init__(self, registry, opaque, pki, case):
        self.registry, self.opaque, self.pki, self.case = registry, opaque, pki, case
        self.client = self.server = self.exchange = None  # hellos as dicts
        self.unread, self.partial, self.last = b"", b"", ""
        self.closed = self.half = self.sealed = False

    # Saying.

    def say(self, messages):
        out, i = b"", 0
        while i < len(messages):
            first, content = messages[i], self.content(messages[i])
            while i + 1 < len(messages) and messages[i + 1].get("join"):
                i += 1
                content += self.content(messages[i])
            out += self.records(first, content)
            i += 1
        return out

    def records(self, m, content):
        kinds = {"ChangeCipherSpec": 20, "Alert": 21, "ApplicationData": 23, "Record": m.get("type", 0)}
        v = version(m["recordVersion"]) if "recordVersion" in m else 0x303
        parts = []
        for n in m.get("records", []):
            parts, content = parts + [content[:n]], content[n:]
        while len(content) > 1 << 14 and m["message"] != "Record":
            parts, content = parts + [content[:1 << 14]], content[1 << 14:]
        if content or not parts:
            parts.append(content)
        return b"".join(struct.pack(">BHH", kinds.get(m["message"], 22), v, len(p)) + p for p in parts)

    def content(self, m):
        name, h = m["message"], m.get("hello", {})
        if name == "Record":
            return apply(m.get("edit"), b"")
        if name == "EmptyHandshake":
            return b""
        if name == "ChangeCipherSpec":
            return apply(m.get("edit"), b"\x01")
        if name == "ApplicationData":
            return bytes(range(136))
        if name == "Alert":
            return bytes([1 if m.get("level") == "warning" else 2, self.registry["alerts"][m["alert"]]])
        body = {"ClientHello": self.client_hello, "ServerHello": self.server_hello}.get(name)
        body = body(h) if body else self.body(name, m)
        return apply(m.get("edit"), bytes([TYPES[name]]) + vector(3, body), True)

    def extensions(self, h, listed):
        for more in h.get("extra", []):
            listed.append((more["type"], bytes.fromhex(more.get("data", ""))))
        block = b"".join(struct.pack(">H", t) + vector(2, data) for t, data in listed)
        return vector(2, block) if listed else b""

    def suites(self, names):
        return [number(n, self.registry["suites"]) for n in names]

    def client_hello(self, h):
        v = version(h.get("version"))
        suites = self.suites(h.get("suites", ["ECDHE_RSA_WITH_AES_128_GCM_SHA256"]))
        info = h.get("renegotiation", "")
        suites += [0xFF] if info == "scsv" else []
        ids = {"": b"", "fresh": FRESH, "short": FRESH[:1], "long": FRESH + b"\0"}
        ticket = {"pac": self.opaque, "empty": b"", "foreign": FOREIGN, "prefixed": vector(2, self.opaque)}.get(h.get("ticket"))
        groups = [number(g) for g in h.get("groups", ["0x1d", "0x17", "0x18", "0x100"])]
        schemes = [number(s) for s in h.get("schemes", ["0x401", "0x403", "0x501", "0x503", "0x601", "0x201", "0x203"])]
        listed = []
        if not h.get("bare"):
            listed += [(10, vector(2, struct.pack(">%dH" % len(groups), *groups))), (11, vector(1, bytes(h.get("pointFormats", [0]))))]
            listed += [(13, vector(2, struct.pack(">%dH" % len(schemes), *schemes)))] if v >= 0x303 else []
            listed += [(22, b"")] if h.get("etm") == "on" else []
            listed += [(23, b"")] if h.get("ems") != "off" else []
            listed += [(35, apply(h.get("ticketEdit"), ticket))] if ticket is not None else []
            listed += [(0xFF01, vector(1, b"\xa4" * 12 if info == "filled" else b""))] if info in ("", "filled") else []
        random = os.urandom(32)
        self.client = self.client or {"random": random, "id": ids[h.get("sessionID", "")], "extensions": {t: d for t, d in listed}}
        return (struct.pack(">H", v) + random + vector(1, ids[h.get("sessionID", "")]) + vector(2, struct.pack(">%dH" % len(suites), *suites)) +
                vector(1, bytes(h.get("compression", [0]))) + (b"" if h.get("bare") else self.extensions(h, listed)))

    def server_hello(self, h):
        c, asked = self.client, self.client["extensions"]
        own = self.case["setup"].get("suites") or ["ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
        usable = [s for s in self.suites(own) if s in c["suites"] and "DH_anon" not in self.name("suites", s)]
        suite = number(h["suite"], self.registry["suites"]) if "suite" in h else (usable or self.suites(own))[0]
        info, cbc = h.get("renegotiation", ""), "CBC" in self.name("suites", suite)
        listed = []
        listed += [(16, vector(2, vector(1, h["alpn"].encode())))] if "alpn" in h else []
        listed += [(22, b"")] if h.get("etm") == "on" or h.get("etm") is None and 22 in asked and cbc else []
        listed += [(23, b"")] if h.get("ems") == "on" or h.get("ems") is None and 23 in asked else []
        listed += [(35, b"")] if h.get("ticket") == "empty" else []
        signalled = 0xFF01 in asked or 0xFF in c["suites"]
        listed += [(0xFF01, vector(1, b"\xa4" * 12 if info == "filled" else b""))] if info == "filled" or info == "" and signalled else []
        random = os.urandom(24) + (b"DOWNGRD\0" if h.get("downgraded") else os.urandom(8))
        v = version(h["version"]) if "version" in h else min(0x303, c["version"])
        ids = {"echo": c["id"], "other": OTHER, "fresh": FRESH}
        self.server = self.server or {"random": random, "suite": suite}
        return (struct.pack(">H", v) + random + vector(1, ids.get(h.get("sessionID"), b"")) + struct.pack(">H", suite) +
                bytes(h.get("compression", [0])[:1]) + self.extensions(h, listed))

    def body(self, name, m):
        role = "server" if self.case["system"] == "client" else "client"
        if name == "Certificate":
            chain = b"" if m.get("empty") else vector(3, pem(os.path.join(self.pki, role + ".test-rsa-cert.pem")))
            return vector(3, chain)
        if name == "ServerKeyExchange":
            return self.server_key_exchange(m.get("wrong", False))
        if name == "CertificateRequest":
            return b"\x02\x01\x40" + vector(2, bytes.fromhex("0401040305010503")) + vector(2, b"")
        if name == "NewSessionTicket":
            return struct.pack(">I", 7200) + vector(2, b"\xb7" * 64)
        if name == "ClientKeyExchange":
            if not self.suite().startswith("ECDHE"):
                raise Skip("this player makes no key exchange of " + self.suite())
            return vector(1, POINTS[self.exchange or 29])
        return bytes(12) if name == "Finished" else b""

    def server_key_exchange(self, wrong):
        if "DH_anon" in self.suite():
            p = ffdhe2048()
            return vector(2, p.to_bytes(256, "big")) + vector(2, b"\x02") + vector(2, pow(2, 0x5E5E5E5E, p).to_bytes(256, "big"))
        group = 29 if 29 in self.client["groups"] else 23
        params = b"\x03" + struct.pack(">H", group) + vector(1, POINTS[group])
        key = rsa_key(os.path.join(self.pki, "server.test-rsa-key.pem"))
        return params + b"\x04\x01" + vector(2, rsa_sign(key, self.client["random"] + (self.server or {}).get("random", b"") + params, wrong))

    def suite(self):
        return self.name("suites", self.server["suite"]) if self.server else "ECDHE"

    def name(self, kind, value):
        return next((n for n, v in self.registry[kind].items() if v == value), "0x%04x" % value)

    # Hearing.

    def hear(self, octets):
        """The messages that octets complete."""
        self.unread += octets
        seen = []
        while len(self.unread) >= 5:
            kind, major, size = self.unread[0], self.unread[1], int.from_bytes(self.unread[3:5], "big")
            if not 20 <= kind <= 23 or major != 3 or size > (1 << 14) + 2048:
                self.unread, self.closed = b"", True
                return seen + [{"message": "Garbage"}]
            if len(self.unread) < 5 + size:
                break
            body, self.unread = self.unread[5:5 + size], self.unread[5 + size:]
            if self.sealed:
                # What it is, is hidden; its type is not.
                seen.append({"message": {20: "Garbage", 21: "Garbage", 22: "Finished", 23: "ApplicationData"}[kind]})
            elif kind == 20:
                self.sealed = True
                seen.append({"message": "ChangeCipherSpec"})
            elif kind == 21 and size == 2:
                self.closed = self.closed or body[0] == 2
                seen.append({"message": "Alert", "level": "fatal" if body[0] == 2 else "warning", "alert": self.name("alerts", body[1])})
            elif kind == 22:
                self.partial += body
                seen += self.messages()
            else:
                seen.append({"message": "ApplicationData" if kind == 23 else "Garbage"})
        return seen

    def messages(self):
        seen = []
        while len(self.partial) >= 4 and len(self.partial) >= 4 + int.from_bytes(self.partial[1:4], "big"):
            size = int.from_bytes(self.partial[1:4], "big")
            name, body, self.partial = NAMES.get(self.partial[0], "Garbage"), self.partial[4:4 + size], self.partial[4 + size:]
            s = {"message": name}
            try:
                if name == "ClientHello":
                    self.hello(s, body, True)
                elif name == "ServerHello":
                    self.hello(s, body, False)
                elif name == "Certificate":
                    s["empty"] = size == 3
                elif name == "ServerKeyExchange" and body[0] == 3 and self.suite().startswith("ECDHE"):
                    self.exchange = int.from_bytes(body[1:3], "big")
                    s["scheme"] = "0x%04x" % int.from_bytes(body[4 + body[3]:6 + body[3]], "big")
            except (IndexError, struct.error):
                s = {"message": "Garbage"}
            seen.append(s)
        return seen

    def hello(self, s, body, client):
        h = {"version": int.from_bytes(body[:2], "big"), "random": body[2:34], "id": body[35:35 + body[34]]}
        at = 35 + body[34]
        if client:
            size = int.from_bytes(body[at:at + 2], "big")
            h["suites"] = list(struct.unpack(">%dH" % (size // 2), body[at + 2:at + 2 + size]))
            at += 2 + size
            at += 1 + body[at]
        else:
            h["suite"] = int.from_bytes(body[at:at + 2], "big")
            at += 3
        h["extensions"], at = {}, at + 2
        while at + 4 <= len(body):
            t, size = struct.unpack(">HH", body[at:at + 4])
            h["extensions"][t], at = body[at + 4:at + 4 + size], at + 4 + size
        s["version"] = next((n for n, v in VERSIONS.items() if v == h["version"]), "0x%04x" % h["version"])
        s["extensions"] = [self.name("extensions", t) for t in h["extensions"]]
        if not client:
            s["suite"], s["downgrade"] = self.name("suites", h["suite"]), h["random"][24:] == b"DOWNGRD\0"
            s["sessionID"] = "empty" if not h["id"] else "echo" if self.client and h["id"] == self.client["id"] else "fresh"
            self.server = self.server or h
            return
        ticket = h["extensions"].get(35)
        s["ticket"] = "none" if ticket is None else "empty" if not ticket else "pac" if ticket == self.opaque else "other"
        s["sessionID"] = "fresh" if h["id"] else "empty"
        s["suites"] = [self.name("suites", i) for i in h["suites"]]
        s["renegotiation"] = {(0, 0): "none", (0, 1): "info", (1, 0): "scsv", (1, 1): "both"}[0xFF in h["suites"], 0xFF01 in h["extensions"]]
        groups = h["extensions"].get(10, b"")[2:]
        h["groups"] = list(struct.unpack(">%dH" % (len(groups) // 2), groups))
        self.client = self.client or h
