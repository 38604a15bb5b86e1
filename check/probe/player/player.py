#!/usr/bin/env python3
# player.py: plays the cases of sesame-cases that end before the first protected
# record, with Python's standard library alone. SPDX-License-Identifier: CC0-1.0
#
#   player.py [--run REGEXP] --shim PROGRAM [ARG ...]     a library behind a shim
#   player.py --pac-opaque HEX server HOST:PORT
#   player.py --pac-opaque HEX client COMMAND [ARG ...]   {}: the address
#
# cases.json and the folder pki, with certificates in PEM, stand beside it. A line
# says of each case what became of it; the exit status is 1 if one deviates.
# Python 3.9 or later.
import argparse, json, os, re, select, signal, socket, subprocess, sys

from words import Skip, Words, version

HERE = os.path.dirname(os.path.abspath(__file__))
QUIET, PATIENCE, LIMIT = 0.05, 1.0, 5.0  # seconds of silence after the last words, and where they may mislead; of waiting elsewhere
KEY, OTHER_KEY = b"0123456789abcdef0123456789abcdef", b"another key, and as long as that"


class Player(Words):
    """One end of one connection, and what it makes of the other."""

    quiet, late, eof = QUIET, False, None

    def play(self, conn, echoes):
        """What deviates: None, or (step, grade or None for the case's, what came); "unsure", where it is to be asked again."""
        steps = self.case["steps"]
        for i, step in enumerate(steps):
            allow, last = step["allow"], i == len(steps) - 1
            if not echoes:
                allow = [dict(o, answers=[a for a in o.get("answers", []) if a["message"] != "ApplicationData"]) for o in allow]
            if step.get("echo"):
                return None  # what follows is protected
            try:
                conn.sendall(self.say(step.get("send", [])))
            except OSError:
                pass  # reading tells what became of it
            seen, met = self.listen(conn, allow, last)
            if self.late and seen and self.eof and seen[-1].get("alert") == self.eof:
                # It may have been for the end of the stream.
                return "unsure" if met and self.quiet < PATIENCE else (i, None, tell(seen[:-1], False))
            if not met:
                closed = self.closed and not self.half
                return i, "alert only" if alert_alone(allow, seen, closed) else None, tell(seen, closed)
        return None

    def end(self, conn):
        """The fatal alert that the system has for an end of the stream where its first message is due."""
        if self.case["system"] == "client" and not self.listen(conn, [{"answers": [{"message": "ClientHello"}]}], False)[1]:
            return None
        self.half = True
        conn.shutdown(socket.SHUT_WR)
        seen, met = self.listen(conn, [{"answers": [{"message": "Alert"}], "closed": True}], True)
        return seen[0]["alert"] if met else None

    def listen(self, conn, allow, last):
        seen, patient = [], any(o.get("closed") and not fatal(o) for o in allow)
        while True:
            standings = [judge(o, seen, self.closed and not self.half) for o in allow]
            if True in standings:
                return seen, True
            if None not in standings or self.closed:
                return seen, False
            wait = self.quiet if last and not self.half and not patient else LIMIT
            ready, octets = select.select([conn], [], [], wait)[0], b""
            if ready:
                try:
                    octets = conn.recv(1 << 16)
                except OSError:
                    pass
                self.closed = self.closed or not octets
            elif wait == self.quiet:
                self.half = True
                try:
                    conn.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
            else:
                self.closed = self.half = True
            before = self.closed
            for s in self.hear(octets):
                again, self.last = s["message"] == self.last == "ApplicationData", s["message"]
                if not again:
                    seen.append(s)
                if s.get("level") == "fatal":
                    break
            if self.closed and not before:
                self.late, self.half = self.half, False  # a fatal alert


def fatal(outcome):
    answers = outcome.get("answers", [])
    return bool(answers) and answers[-1]["message"] == "Alert" and answers[-1].get("level", "fatal") == "fatal"


def matches(a, s):
    if a["message"] != s["message"]:
        return False
    if a["message"] == "Alert" and (s["level"] == "fatal") != (a.get("level", "fatal") == "fatal"):
        return False
    lists = (("alerts", "alert"), ("versions", "version"), ("sessionIDs", "sessionID"), ("tickets", "ticket"), ("suites", "suite"),
             ("renegotiation", "renegotiation"), ("schemes", "scheme"))
    return (all(not a.get(want) or s.get(have) in a[want] for want, have in lists) and
            all(a.get(flag) is None or s.get(flag, False) == a[flag] for flag in ("empty", "downgrade")) and
            all(x in s.get("extensions", []) for x in a.get("has", [])) and not any(x in s.get("extensions", []) for x in a.get("lacks", [])) and
            all(x in s.get("suites", []) for x in a.get("offers", [])) and not any(x in s.get("suites", []) for x in a.get("spares", [])))


def judge(outcome, seen, closed):
    """True: it has come; False: something else has; None: more has to come."""
    answers, ends = outcome.get("answers", []), outcome.get("closed", False)
    if len(seen) > len(answers) or not all(matches(a, s) for a, s in zip(answers, seen)):
        return False
    if len(seen) == len(answers) and (closed == ends or ends and fatal(outcome)):
        return True
    return False if closed else None


def alert_alone(allow, seen, closed):
    for o in filter(fatal, allow):
        rest = seen
        if seen and seen[-1]["message"] == "Alert" and seen[-1]["level"] == "fatal":
            rest = seen[:-1]
        elif not closed:
            continue
        if judge({"answers": o["answers"][:-1]}, rest, False):
            return True
    return False


def tell(seen, closed):
    words = [s["message"] + ("(" + s["alert"] + ")" if s.get("alert") else "") for s in seen] + (["closed"] if closed else [])
    return " ".join(words) or "nothing"


class Shim:
    """A library behind a shim (docs/shim.md)."""

    echoes = True

    def __init__(self, command, pki):
        self.command, self.pki, self.process, self.count = command, pki, None, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.start()

    def start(self):
        env = dict(os.environ, OPENSSL_CONF=os.devnull)
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        try:
            self.can = json.loads(self.process.stdout.readline())["can"]
        except (ValueError, KeyError):
            sys.exit("player.py: %s does not greet as docs/shim.md says" % self.command[0])

    def lacks(self, case):
        u, callback = case["setup"], case["setup"].get("callback", "")
        needs = {
            case["system"]: True, "callback": callback or u.get("ticket"), "named": u.get("named"), "ticket": u.get("tickets") and not callback,
            "length": callback not in ("", "accept", "decline"), "ems-off": u.get("ems") == "off", "client-auth": u.get("verify") or u.get("identity"),
            "anonymous": any(s.startswith("DH_anon") for s in u.get("suites", []))}
        return next(("the shim has no " + n for n, needed in needs.items() if needed and n not in self.can), None)

    def options(self, case, registry, opaque):
        u, server = case["setup"], case["system"] == "server"
        file = lambda name: os.path.join(self.pki, name + ".pem")
        o = {"role": case["system"], "max": version(u.get("max")), "data": 136, "pac_key": (OTHER_KEY if u.get("otherKey") else KEY).hex()}
        o["min"] = version(u["min"]) if "min" in u else o["max"]
        if u.get("suites") != ["default"]:
            names = u.get("suites", ["ECDHE_RSA_WITH_AES_128_GCM_SHA256"])
            o["suites"] = ",".join("%04x" % registry["suites"][n] for n in names)
        o.update({k: "off" for k in ("ems", "etm") if u.get(k) == "off"})
        if not u.get("tickets") and not u.get("ticket"):
            o["tickets"] = "off"
        if u.get("callback"):
            o["callback"] = u["callback"]
        if u.get("named"):
            o["named"] = registry["suites"][u["named"]]
        if server and u.get("callback") and not u.get("blind") or u.get("ticket"):
            o["pac_opaque"] = opaque.hex()
        if u.get("blind"):
            o["absent"] = "accept"
        if server:
            kind = "ecdsa" if u.get("certificate") == "ecdsa" else "rsa"
            o.update(cert=file("server.test-%s-cert" % kind), pkey=file("server.test-%s-key" % kind))
            o.update({"verify": u["verify"], "ca": file("ca")} if u.get("verify") else {})
        else:
            o.update(name="server.test", verify="request", ca=file("client.test-ecdsa-cert" if u.get("untrusting") else "ca"))
            o.update({"cert": file("client.test-rsa-cert"), "pkey": file("client.test-rsa-key")} if u.get("identity") else {})
        return o

    def connect(self, case, registry, opaque):
        if self.process.poll() is not None:
            self.start()
        self.count += 1
        o = self.options(case, registry, opaque)
        o.update(connection=self.count, connect="127.0.0.1:%d" % self.listener.getsockname()[1], timeout=10)
        self.process.stdin.write(" ".join("%s=%s" % (k, v) for k, v in o.items()) + "\n")
        self.process.stdin.flush()
        if self.listener in select.select([self.listener, self.process.stdout], [], [], LIMIT)[0]:
            return self.listener.accept()[0]
        refused = self.end()
        raise Skip(refused or "the shim does not connect")

    def end(self):
        """Why the shim is not well, or refuses; None: it has told its verdict."""
        if not select.select([self.process.stdout], [], [], 2 * LIMIT)[0]:
            self.process.kill()
            self.process.wait()
            return "hung"
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            return "crashed: " + (signal.Signals(-status).name if status < 0 else "exit status %d" % status)
        refused = json.loads(line).get("refused")
        return "the shim refuses: " + refused if refused else None


class Remote:
    """An endpoint that is as it is."""

    echoes = False

    def __init__(self, system, arguments, pac):
        self.system, self.arguments, self.pac, self.process = system, arguments, pac, None
        self.listener = socket.create_server(("127.0.0.1", 0)) if system == "client" else None

    def lacks(self, case):
        own = {"callback": "accept"} if self.pac else {}
        if self.pac and self.system == "client":
            own["ticket"] = "pac"
        setup = {k: v for k, v in case["setup"].items() if k != "tickets"}
        return None if case["system"] == self.system and setup == own else "it needs another setup, which a shim can have"

    def connect(self, case, registry, opaque):
        if self.system == "server":
            host, port = self.arguments[0].rsplit(":", 1)
            return socket.create_connection((host.strip("[]"), int(port)), LIMIT)
        address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        command = [a.replace("{}", address) for a in self.arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.listener.settimeout(LIMIT)
        return self.listener.accept()[0]

    def end(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        return None


def learn_end(system, case, file, opaque, pki):
    try:
        conn = system.connect(case, file["registry"], opaque)
    except (Skip, OSError):
        return None  # the first case tells
    alert = Player(file["registry"], opaque, pki, case).end(conn)
    conn.close()
    system.end()
    return alert


def one(system, case, file, opaque, pki, ends, quiet=QUIET):
    """(status, grade, what came) of a case."""
    lacks = system.lacks(case)
    if lacks:
        return "skipped", case["grade"], lacks
    if case["system"] not in ends:
        ends[case["system"]] = learn_end(system, case, file, opaque, pki)
    player = Player(file["registry"], opaque, pki, case)
    player.eof, player.quiet = ends[case["system"]], quiet
    try:
        conn = system.connect(case, file["registry"], opaque)
    except Skip as why:
        return "skipped", case["grade"], str(why)
    except OSError as error:
        return "deviates", "MUST", str(error)
    try:
        found = player.play(conn, system.echoes)
    except Skip as why:
        found = why
    conn.close()
    fault = system.end()
    if isinstance(found, Skip):
        return "skipped", case["grade"], str(found)
    if fault:
        return "deviates", "MUST", fault
    if found == "unsure":
        return one(system, case, file, opaque, pki, ends, PATIENCE)
    if found:
        return "deviates", found[1] or case["grade"], "step %d: %s" % (found[0] + 1, found[2])
    return "ok", case["grade"], ""


def main():
    p = argparse.ArgumentParser(description="Play the cases that end before the first protected record.")
    p.add_argument("--cases", default=os.path.join(HERE, "cases.json"), help="the cases, as `sesame probe cases` exports them")
    p.add_argument("--pki", default=os.path.join(HERE, "pki"), help="the folder with certificates")
    p.add_argument("--run", default="", help="a regular expression for the ids of the cases to play")
    p.add_argument("--json", action="store_true", help="write JSON")
    p.add_argument("--pac-opaque", help="hexadecimal; its key is not needed, since no protected record is opened")
    p.add_argument("--shim", nargs=argparse.REMAINDER, help="a shim with its arguments")
    p.add_argument("system", nargs="?", choices=["server", "client"])
    p.add_argument("arguments", nargs=argparse.REMAINDER)
    a = p.parse_args()
    with open(a.cases, encoding="utf-8") as f:
        file = json.load(f)
    if file["format"] != "sesame-cases" or file["version"] != 2:
        sys.exit("player.py: %s is of another format or version" % a.cases)
    if bool(a.shim) == bool(a.system) or a.system and not a.arguments:
        p.error("give --shim PROGRAM, server HOST:PORT, or client COMMAND")
    opaque = bytes.fromhex(a.pac_opaque or ("" if a.system else file["pac"]["opaque"]))
    system = Shim(a.shim, a.pki) if a.shim else Remote(a.system, a.arguments, opaque)
    results, ends = [], {}
    for case in file["cases"]:
        if case.get("clear") and re.search(a.run, case["id"]):
            status, grade, got = one(system, case, file, opaque, a.pki, ends)
            results.append({"id": case["id"], "status": status, "grade": grade, "got": got})
            if not a.json:
                print(*filter(None, ["%-9s" % status, case["id"], " ".join(case["requirements"]), grade, got]))
    if a.json:
        json.dump(results, sys.stdout, indent=1)
    return any(r["status"] == "deviates" for r in results)


if __name__ == "__main__":
    sys.exit(main())
