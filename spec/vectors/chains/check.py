#!/usr/bin/env python3
"""Checks chains.json with Python's standard library alone.

    check.py [FILE] [--flip N[:FIELD]]

Every row with "valid": true must verify, every other one must not. --flip
changes one octet of a field of the N-th row first, by default of msk: then the
check must fail.
"""
import hashlib
import hmac
import json
import os
import sys


def p_hash(name, secret, seed, n):
    a, out = seed, b""
    while len(out) < n:
        a = hmac.new(secret, a, name).digest()
        out += hmac.new(secret, a + seed, name).digest()
    return out[:n]


def prf(name, secret, label, seed, n):
    """RFC 5246, Section 5; RFC 2246, Section 5 for MD5-SHA1."""
    seed = label + seed
    if name != "MD5-SHA1":
        return p_hash(name.lower(), secret, seed, n)
    half = (len(secret) + 1) // 2
    pair = p_hash("md5", secret[:half], seed, n), p_hash("sha1", secret[-half:], seed, n)
    return bytes(x ^ y for x, y in zip(*pair))


def t_prf(secret, label, seed, n):
    """RFC 4851, Section 5.5."""
    s, t, out, i = label + b"\0" + seed, b"", b"", 1
    while len(out) < n:
        t = hmac.new(secret, t + s + n.to_bytes(2, "big") + bytes([i]), "sha1").digest()
        out, i = out + t, i + 1
    return out[:n]


def start_key(master, magic):
    """RFC 3079, Section 3.4: GetAsymmetricStartKey."""
    return hashlib.sha1(master + bytes(40) + magic + b"\xf2" * 40).digest()[:16]


SEND = b"On the client side, this is the receive key; on the server side, it is the send key."
RECEIVE = b"On the client side, this is the send key; on the server side, it is the receive key."


def derive(doc, row):
    """What a row must be: RFC 5422, Section 3.3; RFC 4851, Sections 5.2 to 5.4."""
    server, client = bytes.fromhex(doc["server_random"]), bytes.fromhex(doc["client_random"])
    master = t_prf(bytes.fromhex(doc["pac_key"]), b"PAC to master secret label hash", server + client, 48)
    offset = 2 * (row["mac_key"] + row["key"] + row["iv"])
    block = prf(row["prf"], master, b"key expansion", server + client, offset + 72)[offset:]
    seed = block[:40]
    got = {"offset": offset, "session_key_seed": seed, "server_challenge": block[40:56], "client_challenge": block[56:]}
    key = bytes.fromhex(doc["mschapv2_master_key"])
    isk = {"none": b"", "GTC": bytes(32), "MSCHAPv2": start_key(key, SEND) + start_key(key, RECEIVE)}[row["inner"]]
    s_imck, cmk, binding = seed, b"", b""
    if isk:
        imck = t_prf(seed, b"Inner Methods Compound Keys", isk, 60)
        s_imck, cmk = imck[:40], imck[40:]
        head = bytes.fromhex("800c003800010100") + bytes.fromhex(doc["nonce"])
        binding = head + hmac.new(cmk, head + bytes(20), "sha1").digest()
    got.update(isk=isk, s_imck=s_imck, cmk=cmk, binding=binding)
    got["msk"] = t_prf(s_imck, b"Session Key Generating Function", b"", 64)
    got["emsk"] = t_prf(s_imck, b"Extended Session Key Generating Function", b"", 64)
    return master, {k: v if isinstance(v, int) else v.hex() for k, v in got.items()}


def main(args):
    flip = args.pop(args.index("--flip") + 1) if "--flip" in args else ""
    files = [a for a in args if a != "--flip"]
    path = files[0] if files else os.path.join(os.path.dirname(os.path.abspath(__file__)), "chains.json")
    with open(path) as f:
        doc = json.load(f)
    if flip:
        n, _, field = flip.partition(":")
        row, field = doc["chains"][int(n)], field or "msk"
        row[field] = f"{int(row[field][:2], 16) ^ 1:02x}" + row[field][2:]
    wrong, negative = [], 0
    for i, row in enumerate(doc["chains"]):
        master, want = derive(doc, row)
        if master.hex() != doc["master_secret"]:
            wrong.append("master_secret")
        differ = [k for k, v in want.items() if row[k] != v]
        negative += not row["valid"]
        if bool(differ) == row["valid"]:
            wrong.append(f"row {i}, {row['version']} {row['suite']} {row['inner']} {row['quirks']}: {', '.join(differ) or 'verifies'}")
    session = "2b" + doc["client_random"] + doc["server_random"]
    if doc["session_id"] != session or negative == 0:
        wrong.append("session_id, or no negative row")
    for w in wrong:
        print(w, file=sys.stderr)
    print(f"{len(doc['chains'])} rows, {negative} of them negative, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
