------------------------------- MODULE Sesame -------------------------------
(* The TLS handshake up to version 1.2 as the session-secret callback        *)
(* modifies it (RFC 4851, RFC 5077): a client, a server, two streams between *)
(* them, and an attacker with a budget.                                      *)
(*                                                                           *)
(* One action is one message read, with the callback's answer and the whole  *)
(* flight that is sent, or one move of the attacker. Content is symbolic:    *)
(* secrets are terms, a Finished verifies when secret and transcript agree.  *)
EXTENDS Scenario

CONSTANTS
  Scenarios, \* the configurations that are explored, as a part of Everything
  UpFront,   \* whether the scenario is chosen in the initial state
  Budget,    \* the attacker's moves
  WireOnly,  \* whether the attacker keeps from playing an endpoint's part
  Mutant     \* a planted fault, "none" for none

ASSUME
  /\ \A d \in DOMAIN Everything : Scenarios[d] \subseteq Everything[d]
  /\ UpFront \in BOOLEAN /\ Budget \in Nat /\ WireOnly \in BOOLEAN

VARIABLES
  client, server,     \* the endpoints
  toClient, toServer, \* the streams, by who reads them
  budget,             \* the moves that the attacker has left
  lost,               \* something has been taken off a stream, so that waiting may be in vain
  inserted,           \* the readers of streams at whose head is a message that the attacker has put there
  taken,              \* the roles whose part the attacker plays
  config              \* the scenarios that are still possible

vars == <<client, server, toClient, toServer, budget, lost, inserted, taken, config>>

Faulty(name) == Mutant = name

-----------------------------------------------------------------------------
(* Messages. The origin says whose octets they are: "honest" (the peer's, or *)
(* what all would make alike), "recorded" (another session's), "forged".     *)

Message(type, origin, sealed, body) == [type |-> type, origin |-> origin, sealed |-> sealed, body |-> body]
Plain(type)            == Message(type, "honest", FALSE, "")
Forged(type)           == Message(type, "forged", FALSE, "")
Sealed(type, origin)   == Message(type, origin, TRUE, "")
Alert(alert, sealed)   == Message("Alert", "honest", sealed, alert)
EmptyCertificate       == Message("Certificate", "honest", FALSE, "empty")
HelloWithPAC           == Message("ClientHello", "forged", FALSE, "other-pac")  \* a PAC that the server has issued to the attacker
HelloWithAnonymous     == Message("ServerHello", "forged", FALSE, "anonymous")
RecordedHello          == Message("ClientHello", "recorded", FALSE, "")
Finished               == Sealed("Finished", "honest")
Data                   == Sealed("ApplicationData", "honest")
EndOfStream            == Plain("EndOfStream")
ChangeCipherSpec       == Plain("ChangeCipherSpec")

Warnings == {"user_canceled", "no_renegotiation"}

\* What the attacker has changed in a hello: "same" is as its sender made it.
Unchanged ==
  [version |-> "same", ticket |-> "same", id |-> "same", suites |-> "same", suite |-> "same", ticketExt |-> "same",
   ems |-> "same", etm |-> "same", renegotiation |-> "same", random |-> "same", unrequested |-> "same"]

-----------------------------------------------------------------------------
(* Endpoints. A state names the message that is waited for; "Abbreviated"    *)
(* marks the waits of a shortened handshake.                                 *)

Endpoint(state) ==
  [state |-> state, secret |-> "none", resumed |-> "none", failure |-> "none", suite |-> "none", id |-> "none",
   pending |-> FALSE,  \* client: the callback's secret waits for the next message
   peerAuth |-> FALSE, promised |-> FALSE, cert |-> "none",
   foreign |-> FALSE,  \* a message that the peer did not make is in the transcript
   sent |-> FALSE, got |-> FALSE, \* application data
   hello |-> Unchanged, \* the peer's, as this endpoint reads it
   cached |-> FALSE, added |-> FALSE] \* server: the session that the client may name, and the one made now

Roles == {"Client", "Server"}
Peer(r) == IF r = "Client" THEN "Server" ELSE "Client"
End(r) == IF r = "Client" THEN client ELSE server
Stream(r) == IF r = "Client" THEN toClient ELSE toServer
Ended(e) == e.state \in {"Established", "Failed"}

\* From the other side's ChangeCipherSpec on, and from the own one on
\* (RFC 5246, Section 7.3, Figures 1 and 2).
ReadProtected(state) == state \in {"AwaitFinished", "AwaitFinishedAbbreviated", "Established"}
WriteProtected(r, state) ==
  \/ state = "Established"
  \/ r = "Client" /\ state \in {"AwaitNewSessionTicket", "AwaitChangeCipherSpec", "AwaitFinished"}
  \/ r = "Server" /\ state \in {"AwaitChangeCipherSpecAbbreviated", "AwaitFinishedAbbreviated"}

\* With one of these configurations, and so many moves of the attacker.
Begin(configs, moves) ==
  /\ client = Endpoint("Start")
  /\ server = [Endpoint("AwaitClientHello") EXCEPT !.cached = TRUE]
  /\ toClient = <<>> /\ toServer = <<>>
  /\ budget = moves /\ lost = FALSE /\ inserted = {} /\ taken = {}
  /\ config \in configs

Init == Begin(IF UpFront THEN Single(Settle(Scenarios)) ELSE {Settle(Scenarios)}, Budget)

-----------------------------------------------------------------------------
(* What the variables hold.                                                  *)

MessageTypes ==
  {"HelloRequest", "ClientHello", "ServerHello", "Certificate", "ServerKeyExchange", "CertificateRequest", "ServerHelloDone",
   "NewSessionTicket", "ClientKeyExchange", "CertificateVerify", "ChangeCipherSpec", "Finished", "ApplicationData",
   "EmptyHandshake", "Alert", "EndOfStream"}
Alerts ==
  Warnings \cup {"unexpected_message", "bad_record_mac", "handshake_failure", "illegal_parameter", "unknown_ca", "decode_error",
                "decrypt_error", "protocol_version", "internal_error", "inappropriate_fallback", "unsupported_extension"}
Messages ==
  [type : MessageTypes, origin : {"honest", "recorded", "forged"}, sealed : BOOLEAN,
   body : {"", "empty", "other-pac", "anonymous"} \cup Alerts]

LastStates ==
  {"AwaitChangeCipherSpec", "AwaitChangeCipherSpecAbbreviated", "AwaitFinished", "AwaitFinishedAbbreviated", "Established", "Failed"}
ClientStates ==
  {"Start", "AwaitServerHello", "AwaitServerFlight", "AwaitServerKeyExchange", "AwaitCertificateRequest", "AwaitServerHelloDone",
   "AwaitNewSessionTicket", "AwaitNewSessionTicketAbbreviated"} \cup LastStates
ServerStates ==
  {"AwaitClientHello", "AwaitClientCertificate", "AwaitClientKeyExchange", "AwaitClientKeyExchangeVerify",
   "AwaitCertificateVerify"} \cup LastStates

\* The callback's, a session's, the key exchange's. "other": it is not the peer's.
Secrets == {"none", "pac", "otherPAC", "session", "kx", "otherKX"}
Suites == {"none", "normal", "other", "anonymous", "not-offered", "wrong-version"}
Hellos ==
  [version : {"same", "ssl3", "1.0", "1.1", "1.2"}, ticket : {"same", "stripped", "garbage", "other-pac"},
   id : {"same", "empty", "echo", "cached", "other"}, suites : {"same", "anonymous", "unknown", "fallback-scsv"},
   suite : {"same"} \cup (Suites \ {"none", "normal"}), ticketExt : {"same", "off", "on"}, ems : {"same", "off", "on"},
   etm : {"same", "off", "on"}, renegotiation : {"same", "stripped", "bad"},
   random : {"same", "changed", "recorded", "foreign"}, unrequested : {"same"}]
Endpoints ==
  [state : ClientStates \cup ServerStates, secret : Secrets, resumed : {"none", "session-secret", "ticket", "session-id"},
   failure : {"none", "sent alert", "received alert", "end of stream", "timeout"}, suite : Suites,
   id : {"none", "empty", "fresh", "echo", "other"}, pending : BOOLEAN, peerAuth : BOOLEAN, promised : BOOLEAN,
   cert : {"none", "empty", "good"}, foreign : BOOLEAN, sent : BOOLEAN, got : BOOLEAN, hello : Hellos,
   cached : BOOLEAN, added : BOOLEAN]

TypeOK ==
  /\ client \in Endpoints /\ client.state \in ClientStates
  /\ server \in Endpoints /\ server.state \in ServerStates
  /\ toClient \in Seq(Messages) /\ toServer \in Seq(Messages)
  /\ budget \in 0..Budget /\ lost \in BOOLEAN /\ inserted \subseteq Roles /\ taken \subseteq Roles
  /\ DOMAIN config = DOMAIN Everything
  /\ \A d \in DOMAIN config : config[d] # {} /\ config[d] \subseteq Scenarios[d]

-----------------------------------------------------------------------------
(* What hellos say. h is ClientHello as the server has it.                   *)

TicketNonEmpty(c, h) ==
  CASE h.ticket = "same" -> Ask(c, "ticket", {"pac", "session"})
    [] h.ticket \in {"stripped", "emptied"} -> No(c)
    [] OTHER -> Yes(c)

TicketExtension(c, h) ==
  CASE h.ticket = "same" -> Not(Ask(c, "ticket", {"absent"}))
    [] h.ticket = "stripped" -> No(c)
    [] OTHER -> Yes(c)

\* It opens at a server that accepts PACs, and at one that issues RFC 5077 tickets.
TicketOpensAsPAC(c, h) ==
  IF h.ticket = "same" THEN Ask(c, "ticket", {"pac"}) ELSE Answer(c, h.ticket \in {"pac", "other-pac"})
TicketOpensAsSession(c, h) ==
  IF h.ticket = "same" THEN Ask(c, "ticket", {"session"}) ELSE Answer(c, h.ticket = "session")

HasID(c, h)    == IF h.id # "same" THEN Answer(c, h.id # "empty") ELSE Not(Ask(c, "sessionID", {"empty"}))
IDCached(c, h) == IF h.id # "same" THEN Answer(c, h.id = "cached") ELSE Ask(c, "sessionID", {"cached"})

EMSPairs(Holds(_, _)) == {p \in Everything.ems : Holds(p[1], p[2])}
ClientEMS(c) == Ask(c, "ems", EMSPairs(LAMBDA k, s : k # "off"))
ServerEMS(c) == Ask(c, "ems", EMSPairs(LAMBDA k, s : s # "off"))

OffersEMS(c, h) == IF h.ems # "same" THEN Answer(c, h.ems = "on") ELSE ClientEMS(c)
AnswersEMS(c, h) ==
  IF h.ems = "same" THEN Ask(c, "ems", EMSPairs(LAMBDA k, s : k # "off" /\ s # "off"))
  ELSE And(OffersEMS(c, h), ServerEMS)

ClientMax(c) == Pick(c, "clientVersion")
ServerMax(c) == Pick(c, "serverVersion")
OfferedVersion(c, h) == IF h.version # "same" THEN Answer(c, h.version) ELSE ClientMax(c)
LowerOf(A, B(_)) == UNION {UNION {Answer(b.in, Lower(a.is, b.is)) : b \in B(a.in)} : a \in A}
ChosenVersion(c, h) == LowerOf(OfferedVersion(c, h), ServerMax)

Below12(A) == {[is |-> Older(a.is, "1.2"), in |-> a.in] : a \in A}
\* Every suite is a CBC suite before TLS 1.2.
CBC(c, Version(_)) == Or(Ask(c, "mode", {"cbc"}), LAMBDA d : Below12(Version(d)))

\* The version that the server chooses a suite for: the negotiated one, or the
\* one that the client's list was made for.
SuiteVersion(c, h) == IF h.random = "foreign" THEN ChosenVersion(c, h) ELSE LowerOf(ChosenVersion(c, h), ClientMax)

OffersEtM(c, h) == IF h.etm # "same" THEN Answer(c, h.etm = "on") ELSE Ask(c, "clientEtM", {"on"})
\* RFC 7366, Section 3: never for an AEAD suite.
AnswersEtM(c, h) ==
  And(And(OffersEtM(c, h), LAMBDA d : Ask(d, "serverEtM", {"on"})),
      LAMBDA d : CBC(d, LAMBDA e : SuiteVersion(e, h)))

(* h is ServerHello as the client has it.                                    *)

SeenEMS(c, h) ==
  CASE h.ems # "same" -> Answer(c, h.ems = "on")
    [] h.random = "foreign" -> ClientEMS(c)
    [] OTHER -> AnswersEMS(c, server.hello)

SeenVersion(c, h) ==
  CASE h.version # "same" -> Answer(c, h.version)
    [] h.random = "foreign" -> ClientMax(c)
    [] OTHER -> ChosenVersion(c, server.hello)

SeenSuite(h) ==
  CASE h.suite # "same" -> h.suite
    [] h.random = "foreign" -> "normal"
    [] OTHER -> server.suite

\* A changed version changes no suite.
SeenCBC(c, h) ==
  CASE h.random = "foreign" -> CBC(c, ClientMax)
    [] h.random # "foreign" /\ h.suite # "same" -> CBC(c, LAMBDA d : LowerOf(ClientMax(d), ServerMax))
    [] OTHER -> CBC(c, LAMBDA d : SuiteVersion(d, server.hello))

\* In MCOpen the server stands for a peer that may say anything: it has never
\* read a hello, and writes as the client reads.
OpenPeer == server.state = "AwaitClientHello" /\ server.id = "fresh"

\* The client reads ServerKeyExchange and CertificateRequest in another format
\* than they were written in (RFC 5246, Section 1.2).
FormatsDiffer(c, h) ==
  IF (h.version = "same" /\ h.random # "foreign") \/ OpenPeer THEN No(c)
  ELSE UNION {{[is |-> Older(a.is, "1.2") # b.is, in |-> b.in] : b \in Below12(ChosenVersion(a.in, server.hello))} : a \in SeenVersion(c, h)}

\* "echo" is the client's own Session ID, which may be empty.
SeenID(h) ==
  CASE h.id # "same" -> h.id
    [] h.random = "foreign" -> "fresh"
    [] server.id # "echo" \/ server.hello.id = "same" -> server.id
    \* The server has echoed what the attacker gave it.
    [] OTHER -> IF server.hello.id = "empty" THEN "empty" ELSE "other"

SeenTicketExtension(h) ==
  CASE h.ticketExt # "same" -> h.ticketExt = "on"
    [] h.random = "foreign" -> FALSE
    [] OTHER -> server.promised

\* "other" is a suite of the same kind as "normal".
Anonymous(c, suite) ==
  CASE suite = "anonymous" -> Yes(c)
    [] suite \in {"normal", "other"} -> Ask(c, "exchange", {"anonymous"})
    [] OTHER -> No(c)
Ephemeral(c) == Not(Ask(c, "exchange", {"rsa"}))

\* The server's share is of another kind than the client takes it for: a named curve
\* and a signature for the numbers of an anonymous suite, or the other way round
\* (RFC 5246, Section 7.4.3; RFC 8422, Section 5.4).
CurveForNumbers(c, m) == IF m.origin # "honest" \/ OpenPeer THEN No(c) ELSE Not(Anonymous(c, server.suite))
NumbersForCurve(c, m) == IF m.origin # "honest" \/ OpenPeer THEN No(c) ELSE Anonymous(c, server.suite)

-----------------------------------------------------------------------------
(* What keys, transcripts and signatures make of a message: "good",          *)
(* "bad-mac" (a protected record that does not open, or a clear one where    *)
(* keys are active), "garbage" (a protected record where none are),          *)
(* "bad-verify" (a Finished or a signature that does not verify).            *)

SameRandoms(c, s) ==
  \/ c.hello.random = "same" /\ s.hello.random = "same"
  \/ Faulty("secret-without-randoms") /\ c.secret = "pac"

SameHellos(c, s) == c.hello = Unchanged /\ s.hello = Unchanged

\* RFC 5246, Section 6.3: the keys come from the secret and both randoms, under
\* the PRF of version and suite. Client and server would cut the record
\* differently where only one encrypts then MACs (RFC 7366, Section 3).
KeysAgree(c, k, s) ==
  IF ~SameRandoms(k, s) \/ k.hello.version # "same" \/ k.hello.suite # "same" \/ k.hello.etm # "same" THEN No(c)
  ELSE CASE k.secret = "pac" /\ s.secret = "pac" -> Ask(c, "keys", {"agree"})
         [] k.secret = "session" /\ s.secret = "session" -> Yes(c)
         [] k.secret = "kx" /\ s.secret = "kx" ->
              \* RFC 7627, Section 4: with the extension the secret covers the transcript
              \* up to ClientKeyExchange; and one side may have it alone.
              IF SameHellos(k, s) /\ k.cert = s.cert THEN Yes(c)
              ELSE And(Not(SeenEMS(c, k.hello)), LAMBDA d : Not(AnswersEMS(d, s.hello)))
         [] OTHER -> No(c)

\* r is the side that compares them.
ViewsAgree(r, k, s) ==
  LET forgetRandom(h) == IF Faulty("secret-without-randoms") /\ k.secret = "pac" THEN [h EXCEPT !.random = "same"] ELSE h
      forgetID(h) == IF Faulty("forgets-session-id") THEN [h EXCEPT !.id = "same"] ELSE h
  IN /\ forgetID(forgetRandom(k.hello)) = Unchanged
     /\ forgetID(forgetRandom(s.hello)) = Unchanged
     /\ k.cert = s.cert /\ ~s.foreign
     \* What the client takes after its flight is not what that is about.
     /\ ~k.foreign \/ (r = "Server" /\ s.state \in {"AwaitCertificateVerify", "AwaitFinished"})

\* Finished is the first record under new keys.
InSequence(me, peer, m) ==
  CASE m.type = "Finished" -> me.state # "Established"
    [] m.type = "ApplicationData" -> me.state = "Established" /\ ~me.got
    [] OTHER -> me.state = "Established" /\ peer.sent = me.got

Opens(c, me, k, s, m) ==
  CASE m.origin = "honest" -> KeysAgree(c, k, s)
    \* The attacker's own share, or the PAC that the server has issued to it.
    [] m.origin = "forged" -> Answer(c, me.secret \in {"otherKX", "otherPAC"})
    \* A recorded session had other randoms.
    [] OTHER -> Answer(c, Faulty("secret-without-randoms") /\ me.secret = "pac")

\* k and s are client and server; r is who reads m.
Classify(c, r, k, s, m) ==
  LET me == IF r = "Client" THEN k ELSE s
      peer == IF r = "Client" THEN s ELSE k
  IN CASE ReadProtected(me.state) ->
            IF Faulty("clear-finished") /\ r = "Client" /\ m.type = "Finished" /\ ~m.sealed THEN Answer(c, "good")
            ELSE IF ~m.sealed \/ ~InSequence(me, peer, m) THEN Answer(c, "bad-mac")
            ELSE If(Opens(c, me, k, s, m),
                    LAMBDA d : Answer(d, IF m.type = "Finished" /\ m.origin = "honest" /\ ~ViewsAgree(r, k, s)
                                         THEN "bad-verify" ELSE "good"),
                    LAMBDA d : Answer(d, "bad-mac"))
       [] m.sealed -> Answer(c, "garbage")
       \* RFC 5246, Section 7.4.3: the signature covers both randoms.
       [] ~m.sealed /\ m.type = "ServerKeyExchange" /\ me.state = "AwaitServerKeyExchange" ->
            Answer(c, IF m.origin # "honest" \/ k.hello.random # "same" \/ s.hello.random # "same" THEN "bad-verify" ELSE "good")
       \* RFC 5246, Section 7.4.8: the signature covers the transcript.
       [] ~m.sealed /\ m.type = "CertificateVerify" ->
            Answer(c, IF m.origin # "honest" \/ ~ViewsAgree(r, k, s) THEN "bad-verify" ELSE "good")
       [] OTHER -> Answer(c, "good")

-----------------------------------------------------------------------------
(* Outcomes of a step: the endpoint after it, what it sends, and whether the *)
(* message was refused.                                                      *)

Goes(c, me, out) == {[in |-> c, me |-> me, out |-> out, refused |-> FALSE]}

\* RFC 5246, Section 7.2.2: a fatal alert makes the session unusable.
Forget(r, me) ==
  IF r = "Client" \/ Faulty("session-survives") THEN me
  ELSE [me EXCEPT !.cached = @ /\ me.resumed # "session-id"
                             /\ ~(Faulty("echo-evicts") /\ me.resumed = "session-secret" /\ me.hello.id = "cached"),
                  !.added = FALSE]
\* RFC 5246, Section 7.2.1: the end of the stream makes no session unusable.
Over(r, me, why) == [(IF why \in {"sent alert", "received alert"} THEN Forget(r, me) ELSE me) EXCEPT !.state = "Failed", !.failure = why, !.pending = FALSE]

\* A fatal alert, and the end of the stream.
Fails(c, r, me, alert) ==
  {[in |-> c, me |-> Over(r, me, "sent alert"),
    out |-> <<Alert(alert, WriteProtected(r, me.state)), EndOfStream>>, refused |-> TRUE]}

\* A message that no row names is out of place.
Misplaced(c, r, me, m) ==
  CASE m.type = "ChangeCipherSpec" /\ (Faulty("early-change-cipher-spec") \/ (Faulty("sticky-change-cipher-spec") /\ me.pending)) ->
         Goes(c, [me EXCEPT !.state = "AwaitFinished"], <<>>)
    [] Faulty("silent-discard") /\ r = "Client" -> {[in |-> c, me |-> me, out |-> <<>>, refused |-> TRUE]}
    [] OTHER -> Fails(c, r, me, "unexpected_message")

\* An alert, or a message after the handshake.
ReadsAlert(c, r, me, m) ==
  CASE m.body \notin Warnings -> Goes(c, Over(r, me, "received alert"), <<EndOfStream>>)
    \* RFC 5246, Section 7.4.9: Finished comes right after ChangeCipherSpec.
    [] m.body \in Warnings /\ me.state \in {"AwaitFinished", "AwaitFinishedAbbreviated"} -> Misplaced(c, r, me, m)
    \* RFC 5246, Section 7.2.2: a warning does not end the connection.
    [] OTHER -> Goes(c, [me EXCEPT !.pending = @ /\ ~Faulty("warning-disarms")],
                     IF Faulty("warning-ping-pong") THEN <<m>> ELSE <<>>)

ReadsEstablished(c, r, me, m) ==
  CASE m.type = "ApplicationData" -> Goes(c, [me EXCEPT !.got = TRUE], <<>>)
    \* RFC 5746, Section 4.4: renegotiation is refused.
    [] m.type = (IF r = "Client" THEN "HelloRequest" ELSE "ClientHello") -> Goes(c, me, <<Alert("no_renegotiation", TRUE)>>)
    [] OTHER -> Fails(c, r, me, "unexpected_message")

-----------------------------------------------------------------------------
(* The client.                                                               *)

ClientHello == Plain("ClientHello")

VersionFine(c, h) ==
  LET touched == h.version # "same" \/ server.hello.version # "same"
      \* RFC 8446, Section 4.1.3: the tail DOWNGRD\x00 of server_random.
      marked(d) == IF h.random \in {"foreign", "changed"} THEN No(d)
                   ELSE UNION {IF s.is = "1.2" THEN Below12(ChosenVersion(s.in, server.hello)) ELSE No(s.in) : s \in ServerMax(d)}
      within(d, v, max) ==
        If(marked(d), LAMBDA e : IF max = "1.2" /\ Older(v, "1.2") THEN Refuse(e, "illegal_parameter") ELSE Fine(e), Fine)
      against(d, v) == UNION {IF Older(max.is, v) THEN Refuse(max.in, "protocol_version") ELSE within(max.in, v, max.is)
                              : max \in ClientMax(d)}
  IN IF ~touched THEN Fine(c)
     ELSE UNION {IF v.is = "ssl3" THEN Refuse(v.in, "protocol_version") ELSE against(v.in, v.is) : v \in SeenVersion(c, h)}

\* RFC 5246, Appendix A.5: AEAD suites are for TLS 1.2.
SuiteSuitsVersion(c, h) ==
  IF h.version = "same" /\ server.hello.version = "same" THEN Fine(c)
  ELSE If(And(Below12(SeenVersion(c, h)), LAMBDA d : Not(SeenCBC(d, h))), LAMBDA d : Refuse(d, "illegal_parameter"), Fine)

\* RFC 5246, Section 7.4.1.3: a suite from the client's list.
SuiteFine(c, h) ==
  CASE SeenSuite(h) \in {"not-offered", "wrong-version", "not-implemented"} -> Refuse(c, "illegal_parameter")
    [] SeenSuite(h) = "anonymous" ->
         If(Ask(c, "exchange", {"anonymous", "anonymous-beside"}), LAMBDA d : SuiteSuitsVersion(d, h), LAMBDA d : Refuse(d, "illegal_parameter"))
    [] OTHER -> SuiteSuitsVersion(c, h)

ExtensionsFine(c, h) ==
  LET touched == h.ems # "same" \/ server.hello.ems # "same" \/ h.random = "foreign"
      etmSeen == CASE h.etm = "on" -> Yes(c)
                   [] h.etm = "same" /\ h.random # "foreign" /\ server.hello.etm = "on" -> AnswersEtM(c, server.hello)
                   [] OTHER -> No(c)
      \* RFC 5246, Section 7.4.1.4: no extension that was not asked for.
      unasked(d, etm) ==
        Or(Or(Or(Answer(d, h.unrequested = "on"),
                 LAMBDA e : IF SeenTicketExtension(h) THEN Ask(e, "ticket", {"absent"}) ELSE No(e)),
              LAMBDA e : IF touched THEN And(SeenEMS(e, h), LAMBDA f : Not(ClientEMS(f))) ELSE No(e)),
           LAMBDA e : IF etm THEN Ask(e, "clientEtM", {"off"}) ELSE No(e))
      missing(d) ==
        IF touched THEN And(Ask(d, "ems", EMSPairs(LAMBDA k, s : k = "required")), LAMBDA e : Not(SeenEMS(e, h)))
        ELSE Ask(d, "ems", EMSPairs(LAMBDA k, s : k = "required" /\ s = "off"))
      required(d) == If(missing(d), LAMBDA e : Refuse(e, "handshake_failure"), Fine)
      \* RFC 7366, Section 3: never with an AEAD suite.
      suits(d, etm) == IF etm THEN If(SeenCBC(d, h), Fine, LAMBDA e : Refuse(e, "illegal_parameter")) ELSE Fine(d)
      \* RFC 5746, Section 3.4: renegotiation_info must be empty.
      renegotiation(d) == IF h.renegotiation = "bad" THEN Refuse(d, "handshake_failure") ELSE Fine(d)
  IN UNION {If(unasked(a.in, a.is), LAMBDA d : Refuse(d, "unsupported_extension"),
               LAMBDA d : Check(Check(renegotiation(d), LAMBDA e : suits(e, a.is)), required)) : a \in etmSeen}

\* ServerHello's Session ID is that of the session that the client has offered.
ForcedFull(c) == IF Faulty("forced-resuming") THEN Not(Ask(c, "clientCallback", {"unset"})) ELSE No(c)
NamesSession(c, me) ==
  LET named(d) ==
        IF me.id # "echo" THEN No(d)
        ELSE And(Not(ForcedFull(d)),
                 LAMBDA e : Or(Ask(e, "sessionID", {"cached"}),
                               LAMBDA f : And(Ask(f, "ticket", {"session"}), LAMBDA g : Ask(g, "sessionID", {"fresh"}))))
  IN IF Faulty("session-misses") THEN Or(Ask(c, "ticket", {"session"}), named) ELSE named(c)

\* A session's ticket was offered with an empty Session ID: the next message
\* tells whether it was accepted (RFC 5077, Section 3.4).
TicketAlone(c) ==
  And(And(Not(ForcedFull(c)), LAMBDA d : Ask(d, "ticket", {"session"})), LAMBDA d : Ask(d, "sessionID", {"empty"}))

\* Takes up the session that was offered, after the checks that belong to it.
Resumes(c, me, next) ==
  LET \* The suite is the session's. Where the server's callback has named one, it
      \* is not, unless the attacker has put another one in its place.
      named == IF server.resumed = "session-secret" /\ me.hello.random # "foreign" THEN Not(Ask(c, "named", {"none"})) ELSE No(c)
      suite == If(named, LAMBDA d : Answer(d, me.suite = "other"),
                  LAMBDA d : IF me.suite = "anonymous" /\ me.hello.random = "foreign" THEN Ask(d, "exchange", {"anonymous"})
                             ELSE Answer(d, me.suite = "normal"))
      version(d) ==
        IF me.hello.version = "same" /\ server.hello.version = "same" /\ me.hello.random # "foreign" THEN Yes(d)
        ELSE UNION {UNION {Answer(b.in, a.is = b.is) : b \in LowerOf(ClientMax(a.in), ServerMax)} : a \in SeenVersion(d, me.hello)}
      \* RFC 7627, Section 5.3: the extension must be there if and only if the
      \* session was made with it, and one without it is not resumed.
      extended(d) == And(Ask(d, "sessionEMS", {"on"}), LAMBDA e : SeenEMS(e, me.hello))
      good(d) == UNION {Goes(a.in, [me EXCEPT !.secret = "session", !.state = next,
                                              !.resumed = IF a.is THEN "ticket" ELSE "session-id"], <<>>)
                        : a \in Ask(d, "ticket", {"session"})}
  IN \* RFC 5246, Section 7.4.1.3: a resumed session keeps its suite and version.
     If(And(suite, version),
        LAMBDA d : If(extended(d), good, LAMBDA e : Fails(e, "Client", me, "handshake_failure")),
        LAMBDA d : Fails(d, "Client", me, "illegal_parameter"))

\* The client's callback, after every check of ServerHello. It cannot decline.
ClientCallback(c, me) ==
  LET armed == [me EXCEPT !.secret = "pac", !.pending = TRUE]
      accepted(d) ==
        CASE Faulty("lost-lookahead") ->
               Goes(d, [armed EXCEPT !.pending = FALSE, !.resumed = "session-secret", !.state = "AwaitChangeCipherSpecAbbreviated"], <<>>)
          [] Faulty("replaces-session") /\ me.id # "echo" ->
               If(Ask(d, "sessionID", {"fresh"}), LAMBDA e : Goes(e, me, <<>>), LAMBDA e : Goes(e, armed, <<>>))
          [] Faulty("peer-authenticated-survives") -> Goes(d, [armed EXCEPT !.peerAuth = TRUE], <<>>)
          [] OTHER -> Goes(d, armed, <<>>)
  IN UNION {CASE a.is = "unset" -> Goes(a.in, me, <<>>)
              [] a.is = "accept" -> accepted(a.in)
              [] OTHER -> IF Faulty("silent-failure") THEN {[in |-> a.in, me |-> Over("Client", me, "none"), out |-> <<EndOfStream>>, refused |-> TRUE]}
                          ELSE Fails(a.in, "Client", me, "internal_error")
            : a \in Pick(c, "clientCallback")}

ReadsServerHello(c, me) ==
  LET h == me.hello
      hello == [me EXCEPT !.suite = SeenSuite(h), !.id = SeenID(h), !.promised = SeenTicketExtension(h), !.state = "AwaitServerFlight"]
      next == IF hello.promised THEN "AwaitNewSessionTicketAbbreviated" ELSE "AwaitChangeCipherSpecAbbreviated"
      \* Called only if this ClientHello carried an opaque ticket.
      ticket(d) == If(Ask(d, "ticket", {"pac"}), LAMBDA e : ClientCallback(e, hello), LAMBDA e : Goes(e, hello, <<>>))
      good(d) == If(NamesSession(d, hello), LAMBDA e : Resumes(e, hello, next), ticket)
  IN UNION {IF a.is = "fine" THEN good(a.in) ELSE Fails(a.in, "Client", me, a.is)
            : a \in Check(Check(VersionFine(c, h), LAMBDA d : SuiteFine(d, h)), LAMBDA d : ExtensionsFine(d, h))}

\* Whether ServerKeyExchange follows a certificate. A suite that the server's callback
\* has named from outside its list is ephemeral in every scenario.
AwaitsShare(c, me) ==
  Or(Ephemeral(c), LAMBDA d : IF server.resumed = "session-secret" /\ me.suite = "normal" /\ me.hello.random # "foreign"
                              THEN Ask(d, "named", {"not-own"}) ELSE No(d))

ReadsServerCertificate(c, me, m) ==
  CASE m.body = "empty" -> Fails(c, "Client", me, "decode_error")
    [] m.origin = "forged" -> Fails(c, "Client", me, "unknown_ca")
    [] OTHER ->
         If(Ask(c, "trustRoot", {"on"}),
            LAMBDA d : UNION {Goes(a.in, [me EXCEPT !.peerAuth = TRUE,
                                !.state = IF a.is THEN "AwaitServerKeyExchange" ELSE "AwaitCertificateRequest"], <<>>)
                              : a \in AwaitsShare(d, me)},
            LAMBDA d : Fails(d, "Client", me, "unknown_ca"))

TakesShare(c, me, m) == Goes(c, [me EXCEPT !.foreign = @ \/ m.origin # "honest", !.state = "AwaitCertificateRequest"], <<>>)

\* RFC 4851, Section 3.2.3: the next message says which handshake it is.
\* ChangeCipherSpec: the ticket was accepted. Certificate or ServerKeyExchange: declined.
ReadsServerFlight(c, before, m) ==
  LET pending == before.pending
      me == [before EXCEPT !.pending = FALSE]
      \* Nothing is left of the callback's secret.
      dropped == CASE Faulty("keeps-secret") -> me
                   [] Faulty("sticky-change-cipher-spec") -> before
                   [] OTHER -> [me EXCEPT !.secret = "none"]
      accepted(d) == Goes(d, [me EXCEPT !.resumed = "session-secret", !.state = "AwaitFinishedAbbreviated"],
                          IF Faulty("client-finished-first") THEN <<ChangeCipherSpec, Finished>> ELSE <<>>)
      misplaced(d) == Misplaced(d, "Client", me, m)
      \* An echo of a Session ID that is not empty leaves ChangeCipherSpec alone.
      echoed(d) == IF me.id = "echo" THEN Not(Ask(d, "sessionID", {"empty"})) ELSE No(d)
      ticketed == [me EXCEPT !.foreign = @ \/ m.origin # "honest"]
  IN CASE m.type = "HelloRequest" -> Goes(c, [before EXCEPT !.pending = @ /\ ~Faulty("warning-disarms")], <<>>)
       [] m.type = "ChangeCipherSpec" /\ pending /\ ~Faulty("change-cipher-spec-refused") ->
            If(Anonymous(c, me.suite),
               LAMBDA d : IF Faulty("anonymous-pac") THEN accepted(d) ELSE Fails(d, "Client", me, "illegal_parameter"), accepted)
       [] m.type = "ChangeCipherSpec" /\ ~(pending /\ ~Faulty("change-cipher-spec-refused")) /\ ~me.promised ->
            If(TicketAlone(c), LAMBDA d : Resumes(d, me, "AwaitFinishedAbbreviated"), misplaced)
       [] m.type = "NewSessionTicket" /\ me.promised ->
            If(TicketAlone(c), LAMBDA d : Resumes(d, ticketed, "AwaitChangeCipherSpecAbbreviated"), misplaced)
       [] m.type = "Certificate" ->
            If(And(Not(echoed(c)), LAMBDA d : Not(Anonymous(d, me.suite))), LAMBDA d : ReadsServerCertificate(d, dropped, m), misplaced)
       [] m.type = "ServerKeyExchange" ->
            If(And(Not(echoed(c)), LAMBDA d : Anonymous(d, me.suite)),
               LAMBDA d : If(CurveForNumbers(d, m), LAMBDA e : Fails(e, "Client", dropped, "decode_error"),
                             LAMBDA e : TakesShare(e, dropped, m)),
               misplaced)
       [] OTHER -> misplaced(c)

\* The answer to ServerHelloDone.
SendsClientFlight(c, me) ==
  Goes(c, [me EXCEPT !.secret = CASE Faulty("keeps-secret") /\ me.secret = "pac" -> "pac"
                                  [] me.foreign -> "otherKX"
                                  [] OTHER -> "kx",
                     !.state = IF me.promised THEN "AwaitNewSessionTicket" ELSE "AwaitChangeCipherSpec"],
       (CASE me.cert = "empty" -> <<EmptyCertificate>> [] me.cert = "good" -> <<Plain("Certificate")>> [] OTHER -> <<>>)
       \o <<Plain("ClientKeyExchange")>>
       \o (IF me.cert = "good" THEN <<Plain("CertificateVerify")>> ELSE <<>>)
       \o <<ChangeCipherSpec, Finished>>)

ReadsServerFinished(c, me, class) ==
  CASE class = "bad-verify" /\ ~Faulty("finished-unverified") -> Fails(c, "Client", me, "decrypt_error")
    [] me.state = "AwaitFinishedAbbreviated" /\ ~(class = "bad-verify" /\ ~Faulty("finished-unverified")) ->
         Goes(c, [me EXCEPT !.peerAuth = TRUE, !.state = "Established"], \* authenticated by the secret
              IF Faulty("client-finished-first") /\ me.resumed = "session-secret" THEN <<>> ELSE <<ChangeCipherSpec, Finished>>)
    [] OTHER -> Goes(c, [me EXCEPT !.state = "Established"], <<>>)

\* The client's table: what no row names is out of place.
ClientHandshake(c, me, m, class) ==
  LET at(state, type) == me.state = state /\ m.type = type
      to(state) == Goes(c, [me EXCEPT !.state = state], <<>>)
      ticket(state) == Goes(c, [me EXCEPT !.state = state, !.foreign = @ \/ m.origin # "honest"], <<>>)
  IN CASE me.state = "AwaitServerFlight" -> ReadsServerFlight(c, me, m)
       \* RFC 5246, Section 7.4.1.1: ignored while a handshake runs.
       [] me.state # "AwaitServerFlight" /\ m.type = "HelloRequest" /\ ~ReadProtected(me.state) -> Goes(c, me, <<>>)
       [] at("AwaitServerHello", "ServerHello") -> ReadsServerHello(c, me)
       [] at("AwaitServerKeyExchange", "ServerKeyExchange") ->
            If(NumbersForCurve(c, m), LAMBDA d : Fails(d, "Client", me, "illegal_parameter"), LAMBDA d :
               If(IF m.origin = "honest" THEN FormatsDiffer(d, me.hello) ELSE No(d), LAMBDA e : Fails(e, "Client", me, "decode_error"),
                  LAMBDA e : IF class = "bad-verify" THEN Fails(e, "Client", me, "decrypt_error") ELSE TakesShare(e, me, m)))
       [] at("AwaitCertificateRequest", "CertificateRequest") ->
            \* RFC 5246, Section 7.4.4: an anonymous server must not ask.
            If(Anonymous(c, me.suite), LAMBDA d : Fails(d, "Client", me, "handshake_failure"),
               LAMBDA d : If(FormatsDiffer(d, me.hello), LAMBDA e : Fails(e, "Client", me, "decode_error"),
                             LAMBDA e : Goes(e, [me EXCEPT !.state = "AwaitServerHelloDone"], <<>>)))
       [] at("AwaitCertificateRequest", "ServerHelloDone") -> SendsClientFlight(c, me)
       [] at("AwaitServerHelloDone", "ServerHelloDone") ->
            \* RFC 5246, Section 7.4.6: a client without a certificate sends an empty one.
            UNION {SendsClientFlight(a.in, [me EXCEPT !.cert = IF a.is THEN "good" ELSE "empty"]) : a \in Ask(c, "clientCert", {"on"})}
       [] at("AwaitNewSessionTicket", "NewSessionTicket") -> ticket("AwaitChangeCipherSpec")
       [] at("AwaitNewSessionTicketAbbreviated", "NewSessionTicket") -> ticket("AwaitChangeCipherSpecAbbreviated")
       [] at("AwaitChangeCipherSpec", "ChangeCipherSpec") -> to("AwaitFinished")
       [] at("AwaitChangeCipherSpecAbbreviated", "ChangeCipherSpec") -> to("AwaitFinishedAbbreviated")
       [] at("AwaitFinished", "Finished") -> ReadsServerFinished(c, me, class)
       [] at("AwaitFinishedAbbreviated", "Finished") -> ReadsServerFinished(c, me, class)
       [] OTHER -> Misplaced(c, "Client", me, m)

-----------------------------------------------------------------------------
(* The server.                                                               *)

\* Version, signalling suites and extensions of ClientHello.
ClientHelloFine(c, h) ==
  LET fallback(d) ==
        IF h.suites # "fallback-scsv" THEN Fine(d)
        \* RFC 7507, Section 3: the client has tried a higher version before.
        ELSE UNION {UNION {IF Older(v.is, s.is) THEN Refuse(s.in, "inappropriate_fallback") ELSE Fine(s.in)
                           : s \in ServerMax(v.in)} : v \in OfferedVersion(d, h)}
      \* RFC 5746, Section 3.6: empty in an initial hello.
      renegotiation(d) == IF h.renegotiation = "bad" THEN Refuse(d, "handshake_failure") ELSE Fine(d)
      \* RFC 7627, Section 5.2: a server may insist on the extension.
      lacking(d) ==
        CASE h.ems = "off" -> Ask(d, "ems", EMSPairs(LAMBDA k, s : s = "required"))
          [] h.ems = "same" -> Ask(d, "ems", EMSPairs(LAMBDA k, s : k = "off" /\ s = "required"))
          [] OTHER -> No(d)
      ems(d) == If(lacking(d), LAMBDA e : Refuse(e, "handshake_failure"), Fine)
  IN IF h.version = "ssl3" THEN Refuse(c, "protocol_version")
     ELSE Check(Check(fallback(c), renegotiation), ems)

\* The server's flight of a shortened handshake.
Abbreviated(c, me, by, secret) ==
  LET late == Faulty("ticket-after-pac") /\ by = "session-secret"
      \* RFC 5077, Section 3.4: echo the Session ID.
      id == IF Faulty("no-echo") /\ by = "session-secret" THEN "fresh" ELSE "echo"
  IN Goes(c, [me EXCEPT !.suite = "normal", !.secret = secret, !.resumed = by, !.id = id, !.promised = late,
                        !.state = "AwaitChangeCipherSpecAbbreviated"],
          <<Plain("ServerHello")>> \o (IF late THEN <<Plain("NewSessionTicket")>> ELSE <<>>) \o <<ChangeCipherSpec, Finished>>)

\* Accepts a ticket. The suite that the callback names is offered, implemented,
\* right for the version and not anonymous; else, or when none is left, there
\* is no handshake.
Accepts(c, me) ==
  LET h == me.hello
      secret == IF h.ticket = "other-pac" THEN "otherPAC" ELSE "pac"
      bad(d) ==
        IF h.suites \in {"anonymous", "unknown"} THEN Yes(d)
        ELSE Or(Ask(d, "named", {"not-offered", "anonymous", "wrong-version", "not-implemented"}),
                LAMBDA e : IF Faulty("anonymous-pac") THEN No(e) ELSE Ask(e, "exchange", {"anonymous"}))
      \* An AEAD suite is not right for a version that was changed to an older one.
      older(d) ==
        IF h.version = "same" THEN No(d)
        ELSE And(And(And(Below12(ChosenVersion(d, h)),
                         LAMBDA e : Not(Below12(LowerOf(ClientMax(e), ServerMax)))),
                     LAMBDA e : Ask(e, "named", {"offered", "not-own"})),
                 LAMBDA e : Ask(e, "mode", {"aead"}))
      checked(d) == If(Or(bad(d), older), LAMBDA e : Fails(e, "Server", me, "handshake_failure"),
                       LAMBDA e : Abbreviated(e, me, "session-secret", secret))
      unchecked(d) == {[o EXCEPT !.me.suite = "not-offered"] : o \in Abbreviated(d, me, "session-secret", "pac")}
  IN CASE Faulty("silent-crash") -> If(Ask(c, "named", {"none"}), LAMBDA d : Goes(d, me, <<>>), checked)
       [] Faulty("unoffered-suite") -> If(Ask(c, "named", {"not-offered"}), unchecked, checked)
       [] OTHER -> checked(c)

\* A session that was found: "resume", "no", or "refuse" where resuming it would be an error.
Resumable(c, h) ==
  LET \* A session is resumed under its own version.
      otherVersion(d) == IF h.version = "same" THEN No(d)
                         ELSE UNION {UNION {Answer(b.in, a.is # b.is) : b \in LowerOf(ClientMax(a.in), ServerMax)} : a \in ChosenVersion(d, h)}
      \* RFC 5246, Section 7.4.1.2: with its own suite, which must be on the list.
      unlisted == CASE h.suites = "unknown" -> Yes(c)
                    [] h.suites = "anonymous" -> Not(Ask(c, "exchange", {"anonymous"}))
                    [] OTHER -> No(c)
      \* No session under an anonymous suite has the certificate that is required.
      uncertified(d) == And(Ask(d, "clientAuth", {"require"}), LAMBDA e : Ask(e, "exchange", {"anonymous"}))
      \* RFC 7627, Section 5.3. A session without the extension is never resumed.
      offered(d) == If(OffersEMS(d, h), LAMBDA e : If(ServerEMS(e), LAMBDA f : Answer(f, "resume"), LAMBDA f : Answer(f, "no")),
                       LAMBDA e : Answer(e, "refuse"))
      ems(d) == IF Faulty("ems-unchecked") THEN Answer(d, "resume")
                ELSE If(Ask(d, "sessionEMS", {"on"}), offered, LAMBDA e : Answer(e, "no"))
  IN If(Or(Or(unlisted, uncertified), otherVersion), LAMBDA d : Answer(d, "no"), ems)

Resume(c, me, by, Otherwise(_)) ==
  UNION {CASE a.is = "resume" -> Abbreviated(a.in, me, by, "session")
           [] a.is = "refuse" -> Fails(a.in, "Server", me, "handshake_failure")
           [] OTHER -> Otherwise(a.in)
         : a \in Resumable(c, me.hello)}

\* Looks the Session ID up.
LookUp(c, me, Otherwise(_)) ==
  If(And(HasID(c, me.hello), LAMBDA d : IF me.cached THEN IDCached(d, me.hello) ELSE No(d)),
     LAMBDA d : Resume(d, me, "session-id", Otherwise), Otherwise)

\* The server's flight up to ServerHelloDone.
FullHandshake(c, me) ==
  LET h == me.hello
      only == h.suites = "anonymous"
      promise(d) == And(And(TicketExtension(d, h), LAMBDA e : Ask(e, "serverCallback", {"unset"})),
                        LAMBDA e : Ask(e, "serverTickets", {"on"}))
      request(d, anonymous) == IF anonymous THEN No(d) ELSE Not(Ask(d, "clientAuth", {"off"}))
      share(d, anonymous) == IF anonymous THEN Yes(d) ELSE Ephemeral(d)
      suite(d) == IF only THEN If(Ask(d, "exchange", {"anonymous"}), LAMBDA e : Answer(e, "normal"), LAMBDA e : Answer(e, "anonymous"))
                  ELSE Answer(d, "normal")
      flight(d, anonymous) ==
        UNION {UNION {UNION {UNION {
          Goes(q.in, [me EXCEPT !.suite = s.is, !.promised = p.is,
                                \* RFC 5077, Section 3.4: an empty Session ID where a ticket will be issued.
                                !.id = IF p.is THEN "empty" ELSE "fresh",
                                !.state = IF q.is THEN "AwaitClientCertificate" ELSE "AwaitClientKeyExchange"],
               <<Plain("ServerHello")>>
               \o (IF anonymous THEN <<>> ELSE <<Plain("Certificate")>>)
               \o (IF x.is THEN <<Plain("ServerKeyExchange")>> ELSE <<>>)
               \o (IF q.is THEN <<Plain("CertificateRequest")>> ELSE <<>>)
               \o <<Plain("ServerHelloDone")>>)
          : q \in request(x.in, anonymous)} : x \in share(p.in, anonymous)} : p \in promise(s.in)} : s \in suite(d)}
      unable(d, anonymous) ==
        CASE h.suites = "unknown" -> Yes(d)
          [] OTHER -> Or(IF only THEN Not(Ask(d, "exchange", {"anonymous", "anonymous-beside"})) ELSE No(d),
                         \* No client can prove anything under an anonymous suite.
                         LAMBDA e : IF anonymous THEN Ask(e, "clientAuth", {"require"}) ELSE No(e))
  IN UNION {If(unable(a.in, a.is), LAMBDA d : Fails(d, "Server", me, "handshake_failure"), LAMBDA d : flight(d, a.is))
            : a \in IF only THEN Yes(c) ELSE Ask(c, "exchange", {"anonymous"})}

\* The server's callback, asked about a ticket.
ServerCallback(c, me) ==
  LET full(d) == IF Faulty("looks-up-beside-ticket") THEN LookUp(d, me, LAMBDA e : FullHandshake(e, me)) ELSE FullHandshake(d, me)
      \* RFC 5077, Section 3.2: a ticket that does not open is no error.
      declines(d) == IF Faulty("decline-aborts") THEN Fails(d, "Server", me, "handshake_failure") ELSE full(d)
      opens(d) == IF Faulty("forged-ticket") THEN Yes(d) ELSE TicketOpensAsPAC(d, me.hello)
      asks(d) ==
        UNION {CASE a.is \in {"fail", "wrong-length"} -> Fails(a.in, "Server", me, "internal_error")
                 [] a.is = "accept" -> If(opens(a.in), LAMBDA e : Accepts(e, me), declines)
                 [] OTHER -> declines(a.in)
               : a \in Pick(d, "serverCallback")}
      \* Not where a client certificate is required that a PAC does not stand in for.
      applies(d) == CASE Faulty("callback-skipped") -> No(d)
                      [] Faulty("waives-certificate") -> Yes(d)
                      [] OTHER -> Or(Not(Ask(d, "clientAuth", {"require"})), LAMBDA e : Ask(e, "standsIn", {"on"}))
  IN If(applies(c), asks, full)

\* What is wrong with the hello itself, then the callback, then sessions, then a full handshake.
ReadsClientHello(c, me) ==
  LET h == me.hello
      full(d) == FullHandshake(d, me)
      \* RFC 5077, Section 3.4: beside a ticket the Session ID is not looked up.
      beside(d) == IF Faulty("looks-up-beside-ticket") THEN LookUp(d, me, full) ELSE full(d)
      unset(d) == If(And(Ask(d, "serverTickets", {"on"}), LAMBDA e : TicketOpensAsSession(e, h)),
                     LAMBDA e : Resume(e, me, "ticket", beside), beside)
      ticket(d) == If(Ask(d, "serverCallback", {"unset"}), unset, LAMBDA e : ServerCallback(e, me))
      unasked(d) == IF Faulty("callback-without-ticket")
                    THEN If(Ask(d, "serverCallback", {"accept"}), LAMBDA e : Accepts(e, me), full) ELSE full(d)
      sessions(d) == LookUp(d, me, unasked)
  IN UNION {IF a.is = "fine" THEN If(TicketNonEmpty(a.in, h), ticket, sessions) ELSE Fails(a.in, "Server", me, a.is)
            : a \in ClientHelloFine(c, h)}

ReadsClientCertificate(c, me, m) ==
  CASE m.body = "empty" ->
         LET empty == [me EXCEPT !.cert = "empty"]
         \* RFC 5246, Section 7.4.6: without a certificate the server may refuse.
         IN If(Ask(c, "clientAuth", {"require"}), LAMBDA d : Fails(d, "Server", empty, "handshake_failure"),
               LAMBDA d : Goes(d, [empty EXCEPT !.state = "AwaitClientKeyExchange"], <<>>))
    [] m.origin = "forged" -> Fails(c, "Server", me, "unknown_ca")
    [] OTHER -> Goes(c, [me EXCEPT !.cert = "good", !.state = "AwaitClientKeyExchangeVerify"], <<>>)

ReadsClientKeyExchange(c, me, m, next) ==
  LET own == [me EXCEPT !.state = next, !.secret = IF m.origin = "honest" THEN "kx" ELSE "otherKX",
                        !.foreign = @ \/ m.origin # "honest"]
      \* A forged hello may have the version of the client's own.
      differs(d) == IF m.origin # "honest" \/ me.hello.random # "foreign" THEN Yes(d)
                    ELSE {[is |-> a.is # me.hello.version, in |-> a.in] : a \in ClientMax(d)}
      \* RFC 5246, Section 7.4.7.1: with another client_version inside, the
      \* premaster secret is replaced by a random one.
      replaced(d) == IF me.hello.version = "same" \/ me.suite # "normal" THEN No(d)
                     ELSE And(Ask(d, "exchange", {"rsa"}), differs)
  IN UNION {Goes(a.in, IF a.is THEN [own EXCEPT !.secret = "otherKX"] ELSE own, <<>>) : a \in replaced(c)}

ReadsClientFinished(c, me, class) ==
  LET ticket == me.promised \/ Faulty("unpromised-ticket")
  IN CASE class = "bad-verify" /\ ~Faulty("finished-unverified") -> Fails(c, "Server", me, "decrypt_error")
       [] me.state = "AwaitFinishedAbbreviated" /\ ~(class = "bad-verify" /\ ~Faulty("finished-unverified")) ->
            Goes(c, [me EXCEPT !.peerAuth = TRUE, !.state = "Established"], <<>>) \* authenticated by the secret
       [] OTHER -> Goes(c, [me EXCEPT !.state = "Established", !.added = @ \/ me.id = "fresh"],
                        (IF ticket THEN <<Plain("NewSessionTicket")>> ELSE <<>>) \o <<ChangeCipherSpec, Finished>>)

\* The server's table: what no row names is out of place.
ServerHandshake(c, me, m, class) ==
  LET at(state, type) == me.state = state /\ m.type = type
      to(state) == Goes(c, [me EXCEPT !.state = state], <<>>)
  IN CASE at("AwaitClientHello", "ClientHello") -> ReadsClientHello(c, me)
       [] at("AwaitClientCertificate", "Certificate") -> ReadsClientCertificate(c, me, m)
       [] at("AwaitClientKeyExchange", "ClientKeyExchange") -> ReadsClientKeyExchange(c, me, m, "AwaitChangeCipherSpec")
       [] at("AwaitClientKeyExchangeVerify", "ClientKeyExchange") -> ReadsClientKeyExchange(c, me, m, "AwaitCertificateVerify")
       [] at("AwaitCertificateVerify", "CertificateVerify") ->
            IF class = "bad-verify" THEN Fails(c, "Server", me, "decrypt_error")
            ELSE Goes(c, [me EXCEPT !.peerAuth = TRUE, !.state = "AwaitChangeCipherSpec"], <<>>)
       [] at("AwaitChangeCipherSpec", "ChangeCipherSpec") -> to("AwaitFinished")
       [] at("AwaitChangeCipherSpecAbbreviated", "ChangeCipherSpec") -> to("AwaitFinishedAbbreviated")
       [] at("AwaitFinished", "Finished") -> ReadsClientFinished(c, me, class)
       [] at("AwaitFinishedAbbreviated", "Finished") -> ReadsClientFinished(c, me, class)
       [] OTHER -> Misplaced(c, "Server", me, m)

-----------------------------------------------------------------------------
(* Steps of the endpoints.                                                   *)

\* A hello that the peer did not send says all by itself.
OpenHello(r, me, m) ==
  CASE r = "Server" /\ m.type = "ClientHello" /\ me.state = "AwaitClientHello" /\ m.origin = "recorded" ->
         [me EXCEPT !.hello = [Unchanged EXCEPT !.random = "recorded"]]
    [] r = "Server" /\ m.type = "ClientHello" /\ me.state = "AwaitClientHello" /\ m.origin = "forged" ->
         [me EXCEPT !.hello = [Unchanged EXCEPT !.version = "1.2", !.ticket = IF m.body = "other-pac" THEN "other-pac" ELSE "stripped",
                                                !.id = "empty", !.ems = "on", !.etm = "off", !.random = "foreign"]]
    [] r = "Client" /\ m.type = "ServerHello" /\ me.state = "AwaitServerHello" /\ m.origin = "forged" ->
         [me EXCEPT !.hello = [Unchanged EXCEPT !.random = "foreign", !.suite = IF m.body = "anonymous" THEN "anonymous" ELSE "same"]]
    [] OTHER -> me

\* One endpoint's reaction to a message and what the keys make of it. It looks
\* at nothing of the peer but the hello that is read.
Step(c, r, me, m, class) ==
  CASE m.type = "EndOfStream" -> Goes(c, Over(r, me, "end of stream"), <<EndOfStream>>)
    [] m.type # "EndOfStream" /\ class = "bad-mac" -> Fails(c, r, me, IF Faulty("wrong-alert") THEN "decrypt_error" ELSE "bad_record_mac")
    [] class = "garbage" ->
         IF Faulty("silent-discard") THEN Misplaced(c, r, me, m) ELSE Fails(c, r, me, "unexpected_message")
    [] class \in {"good", "bad-verify"} /\ m.type = "Alert" -> ReadsAlert(c, r, me, m)
    [] class \in {"good", "bad-verify"} /\ m.type \notin {"Alert", "EndOfStream"} ->
         IF me.state = "Established" THEN ReadsEstablished(c, r, me, m)
         ELSE IF r = "Client" THEN ClientHandshake(c, me, m, class) ELSE ServerHandshake(c, me, m, class)

ClientOutcomes ==
  LET m == Head(toClient)
      me == OpenHello("Client", client, m)
  IN IF m.type = "EndOfStream" THEN Step(config, "Client", me, m, "good")
     ELSE UNION {Step(a.in, "Client", me, m, a.is) : a \in Classify(config, "Client", me, server, m)}

ServerOutcomes ==
  LET m == Head(toServer)
      me == OpenHello("Server", server, m)
  IN IF m.type = "EndOfStream" THEN Step(config, "Server", me, m, "good")
     ELSE UNION {Step(a.in, "Server", me, m, a.is) : a \in Classify(config, "Server", client, me, m)}

\* What is sent to a failed endpoint nobody sees, and what is sent to the
\* attacker in an endpoint's part the attacker reads.
Arrives(q, reader, out) == IF taken # {} \/ reader.state = "Failed" THEN q ELSE q \o out

\* What is left to be read.
Rest(q) == IF Faulty("warning-not-consumed") /\ Head(q).body \in Warnings THEN q ELSE Tail(q)

ClientReads(refused) ==
  \E o \in ClientOutcomes :
    /\ o.refused = refused
    /\ client' = o.me /\ config' = o.in
    /\ toClient' = IF o.me.state = "Failed" THEN <<>> ELSE Rest(toClient)
    /\ toServer' = Arrives(toServer, server, o.out)
    /\ inserted' = inserted \ {"Client"}
    /\ UNCHANGED <<server, budget, lost, taken>>

ServerReads(refused) ==
  \E o \in ServerOutcomes :
    /\ o.refused = refused
    /\ server' = o.me /\ config' = o.in
    /\ toServer' = IF o.me.state = "Failed" THEN <<>> ELSE Rest(toServer)
    /\ toClient' = Arrives(toClient, client, o.out)
    /\ inserted' = inserted \ {"Server"}
    /\ UNCHANGED <<client, budget, lost, taken>>

ClientTakes(type) == toClient # <<>> /\ Head(toClient).type = type
ServerTakes(type) == toServer # <<>> /\ Head(toServer).type = type
IsWarning(m) == m.type = "Alert" /\ m.body \in Warnings
IsFatal(m) == m.type = "Alert" /\ m.body \notin Warnings

ClientStart ==
  /\ client.state = "Start"
  /\ client' = [client EXCEPT !.state = "AwaitServerHello"]
  /\ toServer' = Append(toServer, ClientHello)
  /\ UNCHANGED <<server, toClient, budget, lost, inserted, taken, config>>

ClientReceiveHelloRequest       == /\ ClientTakes("HelloRequest")       /\ ClientReads(FALSE)
ClientReceiveServerHello        == /\ ClientTakes("ServerHello")        /\ ClientReads(FALSE)
ClientReceiveCertificate        == /\ ClientTakes("Certificate")        /\ ClientReads(FALSE)
ClientReceiveServerKeyExchange  == /\ ClientTakes("ServerKeyExchange")  /\ ClientReads(FALSE)
ClientReceiveCertificateRequest == /\ ClientTakes("CertificateRequest") /\ ClientReads(FALSE)
ClientReceiveServerHelloDone    == /\ ClientTakes("ServerHelloDone")    /\ ClientReads(FALSE)
ClientReceiveNewSessionTicket   == /\ ClientTakes("NewSessionTicket")   /\ ClientReads(FALSE)
ClientReceiveChangeCipherSpec   == /\ ClientTakes("ChangeCipherSpec")   /\ ClientReads(FALSE)
ClientReceiveFinished           == /\ ClientTakes("Finished")           /\ ClientReads(FALSE)
ClientReceiveApplicationData    == /\ ClientTakes("ApplicationData")    /\ ClientReads(FALSE)
ClientReceiveWarning            == /\ ClientTakes("Alert") /\ IsWarning(Head(toClient)) /\ ClientReads(FALSE)
ClientReceiveFatalAlert         == /\ ClientTakes("Alert") /\ IsFatal(Head(toClient))   /\ ClientReads(FALSE)
ClientReceiveEndOfStream        == /\ ClientTakes("EndOfStream")        /\ ClientReads(FALSE)
ClientReject                    == /\ toClient # <<>>                   /\ ClientReads(TRUE)

ServerReceiveClientHello        == /\ ServerTakes("ClientHello")        /\ ServerReads(FALSE)
ServerReceiveCertificate        == /\ ServerTakes("Certificate")        /\ ServerReads(FALSE)
ServerReceiveClientKeyExchange  == /\ ServerTakes("ClientKeyExchange")  /\ ServerReads(FALSE)
ServerReceiveCertificateVerify  == /\ ServerTakes("CertificateVerify")  /\ ServerReads(FALSE)
ServerReceiveChangeCipherSpec   == /\ ServerTakes("ChangeCipherSpec")   /\ ServerReads(FALSE)
ServerReceiveFinished           == /\ ServerTakes("Finished")           /\ ServerReads(FALSE)
ServerReceiveApplicationData    == /\ ServerTakes("ApplicationData")    /\ ServerReads(FALSE)
ServerReceiveWarning            == /\ ServerTakes("Alert") /\ IsWarning(Head(toServer)) /\ ServerReads(FALSE)
ServerReceiveFatalAlert         == /\ ServerTakes("Alert") /\ IsFatal(Head(toServer))   /\ ServerReads(FALSE)
ServerReceiveEndOfStream        == /\ ServerTakes("EndOfStream")        /\ ServerReads(FALSE)
ServerReject                    == /\ toServer # <<>>                   /\ ServerReads(TRUE)

\* The one record of application data that each side may send.
MaySend(me, peer) == me.state = "Established" /\ ~me.sent /\ peer.state # "Failed"
ServerMaySend ==
  \/ MaySend(server, client)
  \/ Faulty("early-data") /\ server.state = "AwaitChangeCipherSpecAbbreviated" /\ ~server.sent /\ client.state # "Failed"

ClientSendApplicationData ==
  /\ MaySend(client, server)
  /\ client' = [client EXCEPT !.sent = TRUE]
  /\ toServer' = Arrives(toServer, server, <<Data>>)
  /\ UNCHANGED <<server, toClient, budget, lost, inserted, taken, config>>

ServerSendApplicationData ==
  /\ ServerMaySend
  /\ server' = [server EXCEPT !.sent = TRUE]
  /\ toClient' = Arrives(toClient, client, <<Data>>)
  /\ UNCHANGED <<client, toServer, budget, lost, inserted, taken, config>>

\* Where nothing else can happen, an endpoint waits in vain for what was taken.
Idle ==
  /\ client.state # "Start" /\ toClient = <<>> /\ toServer = <<>>
  /\ ~MaySend(client, server) /\ ~ServerMaySend

ClientTimeout ==
  /\ Idle /\ lost /\ ~Ended(client)
  /\ client' = Over("Client", client, "timeout")
  /\ UNCHANGED <<server, toClient, toServer, budget, lost, inserted, taken, config>>

ServerTimeout ==
  /\ Idle /\ lost /\ ~Ended(server)
  /\ server' = Over("Server", server, "timeout")
  /\ UNCHANGED <<client, toClient, toServer, budget, lost, inserted, taken, config>>

-----------------------------------------------------------------------------
(* The attacker owns the wire and knows no PAC key. It acts on the head of a *)
(* stream, just before delivery, and what it has put there is read before it *)
(* acts on that stream again: what each endpoint sees is the same as if it   *)
(* acted anywhere and at any time.                                           *)

Puts(r, q) == IF r = "Client" THEN toClient' = q /\ UNCHANGED toServer ELSE toServer' = q /\ UNCHANGED toClient
Attacks == client.state # "Start" /\ budget > 0
Pays == budget' = budget - 1
\* The streams that somebody reads, and those with a message at the head.
Read == {r \in Roles : End(r).state # "Failed" /\ r \notin inserted}
Heads == {r \in Read : Stream(r) # <<>> /\ Head(Stream(r)) # EndOfStream}

\* Puts m before the head.
Inserts(r, m) == Puts(r, <<m>> \o Stream(r)) /\ inserted' = inserted \cup {r}

AttackerDrop ==
  /\ Attacks /\ Pays
  /\ \E r \in Read : Stream(r) # <<>> /\ Puts(r, Tail(Stream(r)))
  /\ lost' = TRUE
  /\ UNCHANGED <<client, server, inserted, taken, config>>

AttackerDuplicate ==
  /\ Attacks /\ Pays
  /\ \E r \in Heads : Inserts(r, Head(Stream(r)))
  /\ UNCHANGED <<client, server, lost, taken, config>>

AttackerReorder ==
  /\ Attacks /\ Pays
  /\ \E r \in Heads : LET q == Stream(r) IN
       /\ Len(q) > 1 /\ q[2] # EndOfStream /\ q[2] # q[1]
       /\ Puts(r, <<q[2], q[1]>> \o Tail(Tail(q)))
  /\ UNCHANGED <<client, server, lost, inserted, taken, config>>

\* What a message is to the side that has sent it.
Reflected(m) ==
  CASE m.sealed /\ m.type = "Alert" -> Sealed("ApplicationData", "recorded") \* under the other direction's keys nothing opens
    [] m.sealed /\ m.type # "Alert" -> [m EXCEPT !.origin = "recorded"]
    [] m.type = "Certificate" /\ m.body = "" -> [m EXCEPT !.origin = "forged"]
    [] OTHER -> m

AttackerReflect ==
  /\ Attacks /\ Pays
  /\ \E r \in Heads : LET back == <<Reflected(Head(Stream(r)))>> \o Stream(Peer(r)) IN
       /\ Peer(r) \in Read
       /\ toClient' = IF r = "Client" THEN Tail(toClient) ELSE back
       /\ toServer' = IF r = "Server" THEN Tail(toServer) ELSE back
       /\ inserted' = inserted \cup {Peer(r)}
  /\ lost' = TRUE
  /\ UNCHANGED <<client, server, taken, config>>

\* What a recorded session has in place of m; m itself where every session has the same.
Recorded(m) ==
  CASE m.sealed -> [m EXCEPT !.origin = "recorded"]
    \* Nobody can tell it from the attacker's own.
    [] m.type \in {"ServerKeyExchange", "ClientKeyExchange", "CertificateVerify", "NewSessionTicket"} -> [m EXCEPT !.origin = "forged"]
    [] OTHER -> m

\* A whole hello that can still be read as one.
HelloAt(r) ==
  /\ Head(Stream(r)) = Plain(IF r = "Server" THEN "ClientHello" ELSE "ServerHello")
  /\ End(r).state = IF r = "Server" THEN "AwaitClientHello" ELSE "AwaitServerHello"

ReplayBefore(r) ==
  /\ r \in Read /\ Peer(r) \notin taken
  /\ \E m \in {Plain("Certificate"), Sealed("Finished", "recorded"), Sealed("ApplicationData", "recorded")}
              \cup (IF r = "Server" THEN {RecordedHello} ELSE {}) : Inserts(r, m)
  /\ UNCHANGED <<client, server, config>>

ReplayInstead(r) ==
  LET q == Stream(r) IN
  /\ r \in Heads /\ ~HelloAt(r)
  /\ q[1].origin = "honest" /\ q[1].type # "Alert" /\ Recorded(q[1]) # q[1]
  /\ Puts(r, <<Recorded(q[1])>> \o Tail(q))
  /\ UNCHANGED <<client, server, inserted, config>>

ReplayHello(r) ==
  LET recorded == [Unchanged EXCEPT !.random = "recorded"]
      \* The recorded session has the same course, and IDs of its own.
      echo == IF server.id # "echo" THEN No(config)
              ELSE And(Not(Ask(config, "sessionID", {"empty"})), LAMBDA d : Not(Ask(d, "sessionID", {"cached"})))
  IN /\ r \in Heads /\ HelloAt(r)
     /\ IF r = "Server" THEN server' = [server EXCEPT !.hello = recorded] /\ UNCHANGED <<client, config>>
        ELSE /\ UNCHANGED server
             /\ \E a \in echo : /\ client' = [client EXCEPT !.hello = IF a.is THEN [recorded EXCEPT !.id = "other"] ELSE recorded]
                                /\ config' = a.in
     /\ UNCHANGED <<toClient, toServer, inserted>>

AttackerReplay ==
  /\ Attacks /\ Pays
  /\ \E r \in Roles : ReplayBefore(r) \/ ReplayInstead(r) \/ ReplayHello(r)
  /\ UNCHANGED <<lost, taken>>

\* What the attacker makes and sends in the clear, to either side.
Injections ==
  {Plain("HelloRequest"), Forged("ClientHello"), HelloWithPAC, Forged("ServerHello"), Forged("Certificate"), EmptyCertificate,
   Forged("ServerKeyExchange"), Plain("CertificateRequest"), Plain("ServerHelloDone"), Forged("ClientKeyExchange"),
   Forged("CertificateVerify"), Forged("NewSessionTicket"), ChangeCipherSpec, Forged("Finished"), Forged("ApplicationData"),
   Plain("EmptyHandshake"), Alert("handshake_failure", FALSE), Alert("user_canceled", FALSE)}
\* To the record layer all records in the clear are one where keys are active.
ClearRecords == {ChangeCipherSpec, Forged("Finished"), Forged("ApplicationData"), Alert("handshake_failure", FALSE)}

Inject(r) ==
  /\ r \in Read /\ Peer(r) \notin taken
  /\ \E m \in IF ReadProtected(End(r).state) THEN ClearRecords ELSE Injections : Inserts(r, m)
  /\ Pays
  /\ UNCHANGED <<lost, taken>>

\* From this message on the attacker plays the part of the side that writes the
\* stream: with a key exchange of its own, and as a client also with a PAC.
Take(r) ==
  /\ ~WireOnly /\ Peer(r) \notin taken /\ r \in Read
  /\ End(r).state = IF r = "Server" THEN "AwaitClientHello" ELSE "AwaitServerHello"
  /\ \E m \in IF r = "Server" THEN {Forged("ClientHello"), HelloWithPAC} ELSE {Forged("ServerHello"), HelloWithAnonymous} :
       Puts(r, <<m>>)
  /\ taken' = taken \cup {Peer(r)} /\ lost' = TRUE
  /\ Pays
  /\ UNCHANGED inserted

\* What the victim waits for.
Parts(r) ==
  LET state == End(r).state IN
  CASE state = "AwaitClientCertificate" -> {EmptyCertificate}
    [] state = "AwaitClientKeyExchange" -> {Forged("ClientKeyExchange")}
    [] state = "AwaitServerFlight" -> {ChangeCipherSpec, Forged("Certificate"), Forged("ServerKeyExchange")}
    [] state \in {"AwaitCertificateRequest", "AwaitServerHelloDone"} -> {Plain("ServerHelloDone")}
    [] state \in {"AwaitNewSessionTicket", "AwaitNewSessionTicketAbbreviated"} -> {Forged("NewSessionTicket")}
    [] state \in {"AwaitChangeCipherSpec", "AwaitChangeCipherSpecAbbreviated"} -> {ChangeCipherSpec}
    [] state \in {"AwaitFinished", "AwaitFinishedAbbreviated"} -> {Sealed("Finished", "forged")}
    [] state = "Established" /\ ~End(r).got -> {Sealed("ApplicationData", "forged")}
    [] OTHER -> {}

Play(r) ==
  /\ Peer(r) \in taken /\ Stream(r) = <<>>
  /\ \E m \in Parts(r) : Puts(r, <<m>>)
  /\ UNCHANGED <<budget, lost, inserted, taken>>

AttackerInject ==
  /\ client.state # "Start"
  /\ \/ Attacks /\ \E r \in Roles : Inject(r) \/ Take(r)
     \/ \E r \in Roles : Play(r)
  /\ UNCHANGED <<client, server, config>>

-----------------------------------------------------------------------------
(* Changes of hellos. A field that is changed back to what its sender wrote  *)
(* is as good as new. A change is an answer: the new hello, in which         *)
(* configurations.                                                           *)

ChangesHello(r, NewHellos(_, _)) ==
  /\ Attacks /\ Pays
  /\ r \in Heads /\ HelloAt(r)
  /\ \E a \in NewHellos(config, End(r).hello) :
       /\ config' = a.in
       /\ IF r = "Server" THEN server' = [server EXCEPT !.hello = a.is] /\ UNCHANGED client
          ELSE client' = [client EXCEPT !.hello = a.is] /\ UNCHANGED server
  /\ UNCHANGED <<toClient, toServer, lost, inserted, taken>>

\* A field is turned over.
Turned(field, now) == IF field # "same" THEN "same" ELSE IF now THEN "off" ELSE "on"

StripClientTicket(c, h) ==
  IF h.ticket = "stripped" THEN {}
  ELSE UNION {IF a.is THEN Answer(a.in, [h EXCEPT !.ticket = "stripped"]) ELSE {} : a \in TicketExtension(c, h)}
ReplaceClientTicket(c, h) ==
  UNION {UNION {IF a.is THEN Answer(a.in, [h EXCEPT !.ticket = t]) ELSE {} : a \in TicketNonEmpty(c, h)}
         : t \in {"garbage", "other-pac"} \ {h.ticket}}
TurnTicketExtension(c, h) == Answer(c, [h EXCEPT !.ticketExt = Turned(h.ticketExt, SeenTicketExtension(h))])

AttackerStripTicket ==
  /\ \/ ChangesHello("Server", StripClientTicket)
     \/ SeenTicketExtension(client.hello) /\ ChangesHello("Client", TurnTicketExtension)
AttackerReplaceTicket ==
  /\ \/ ChangesHello("Server", ReplaceClientTicket)
     \/ ~SeenTicketExtension(client.hello) /\ ChangesHello("Client", TurnTicketExtension)

\* Now and Written: the version as it stands, and as its sender wrote it.
ChangeVersion(c, h, Now(_), Written(_)) ==
  UNION {UNION {IF a.is = v THEN {}
                ELSE UNION {Answer(b.in, [h EXCEPT !.version = IF b.is = v THEN "same" ELSE v]) : b \in Written(a.in)}
                : a \in Now(c)} : v \in {"ssl3", "1.0", "1.1", "1.2"}}
ChangeClientVersion(c, h) == ChangeVersion(c, h, LAMBDA d : OfferedVersion(d, h), ClientMax)
ChangeServerVersion(c, h) == ChangeVersion(c, h, LAMBDA d : SeenVersion(d, h), LAMBDA d : ChosenVersion(d, server.hello))
AttackerChangeVersion ==
  /\ ChangesHello("Server", ChangeClientVersion) \/ ChangesHello("Client", ChangeServerVersion)

ChangeSuites(c, h) == UNION {Answer(c, [h EXCEPT !.suites = s]) : s \in {"anonymous", "unknown", "fallback-scsv"} \ {h.suites}}
AttackerChangeSuites == /\ ChangesHello("Server", ChangeSuites)

\* With DH_anon suites alone on offer, another anonymous one is "other".
ChangeSuite(c, h) ==
  UNION {IF s = "anonymous" THEN UNION {IF a.is THEN {} ELSE Answer(a.in, [h EXCEPT !.suite = s]) : a \in Ask(c, "exchange", {"anonymous"})}
         ELSE Answer(c, [h EXCEPT !.suite = s])
         : s \in {"other", "not-offered", "anonymous", "wrong-version"} \ {h.suite, server.suite}}
AttackerChangeSuite == /\ ChangesHello("Client", ChangeSuite)

ChangeClientID(c, h) ==
  LET \* Back to what the client wrote, or new.
      written(d, id) == IF id = "other" THEN No(d) ELSE Ask(d, "sessionID", {id})
  IN UNION {IF h.id = "same" THEN UNION {IF a.is THEN {} ELSE Answer(a.in, [h EXCEPT !.id = id]) : a \in written(c, id)}
            ELSE UNION {Answer(a.in, [h EXCEPT !.id = IF a.is THEN "same" ELSE id]) : a \in written(c, id)}
            : id \in {"empty", "cached", "other"} \ {h.id}}

\* An echo of an empty ID is an empty one.
ChangeServerID(c, h) ==
  LET canonical(d, id) ==
        IF id = "echo" THEN UNION {Answer(a.in, IF a.is THEN "empty" ELSE "echo") : a \in Ask(d, "sessionID", {"empty"})} ELSE Answer(d, id)
      \* The change to "empty" says what one to an echo of nothing would.
      sensible(d, id) == IF id = "echo" THEN Not(Ask(d, "sessionID", {"empty"})) ELSE Yes(d)
      restored == [h EXCEPT !.id = "same"]
      to(d, id) == UNION {Answer(a.in, IF a.is = id THEN restored ELSE [h EXCEPT !.id = id]) : a \in canonical(d, SeenID(restored))}
      new(d, id) == UNION {IF a.is = id THEN {} ELSE to(a.in, id) : a \in canonical(d, SeenID(h))}
  IN UNION {UNION {IF a.is THEN new(a.in, id) ELSE {} : a \in sensible(c, id)} : id \in {"empty", "echo", "other"}}

AttackerChangeSessionID ==
  /\ ChangesHello("Server", ChangeClientID) \/ ChangesHello("Client", ChangeServerID)

TurnClientEMS(c, h) == UNION {Answer(a.in, [h EXCEPT !.ems = Turned(@, a.is)]) : a \in OffersEMS(c, h)}
TurnServerEMS(c, h) == UNION {Answer(a.in, [h EXCEPT !.ems = Turned(@, a.is)]) : a \in SeenEMS(c, h)}
AttackerChangeExtendedMasterSecret ==
  /\ ChangesHello("Server", TurnClientEMS) \/ ChangesHello("Client", TurnServerEMS)

TurnClientEtM(c, h) == UNION {Answer(a.in, [h EXCEPT !.etm = Turned(@, a.is)]) : a \in OffersEtM(c, h)}
TurnServerEtM(c, h) ==
  UNION {Answer(a.in, [h EXCEPT !.etm = Turned(@, a.is)])
         : a \in IF h.etm # "same" THEN Answer(c, h.etm = "on") ELSE AnswersEtM(c, server.hello)}
AttackerChangeEncryptThenMAC ==
  /\ ChangesHello("Server", TurnClientEtM) \/ ChangesHello("Client", TurnServerEtM)

ChangeRenegotiation(c, h) == UNION {Answer(c, [h EXCEPT !.renegotiation = v]) : v \in {"stripped", "bad"} \ {h.renegotiation}}
AttackerChangeRenegotiationInfo ==
  /\ ChangesHello("Server", ChangeRenegotiation) \/ ChangesHello("Client", ChangeRenegotiation)

ChangeRandom(c, h) == IF h.random = "same" THEN Answer(c, [h EXCEPT !.random = "changed"]) ELSE {}
AttackerChangeRandom ==
  /\ ChangesHello("Server", ChangeRandom) \/ ChangesHello("Client", ChangeRandom)

-----------------------------------------------------------------------------
Next ==
  \/ ClientStart
  \/ ClientReceiveHelloRequest \/ ClientReceiveServerHello \/ ClientReceiveCertificate
  \/ ClientReceiveServerKeyExchange \/ ClientReceiveCertificateRequest \/ ClientReceiveServerHelloDone
  \/ ClientReceiveNewSessionTicket \/ ClientReceiveChangeCipherSpec \/ ClientReceiveFinished
  \/ ClientReceiveApplicationData \/ ClientReceiveWarning \/ ClientReceiveFatalAlert
  \/ ClientReceiveEndOfStream \/ ClientReject
  \/ ClientSendApplicationData \/ ClientTimeout
  \/ ServerReceiveClientHello \/ ServerReceiveCertificate \/ ServerReceiveClientKeyExchange
  \/ ServerReceiveCertificateVerify \/ ServerReceiveChangeCipherSpec \/ ServerReceiveFinished
  \/ ServerReceiveApplicationData \/ ServerReceiveWarning \/ ServerReceiveFatalAlert
  \/ ServerReceiveEndOfStream \/ ServerReject
  \/ ServerSendApplicationData \/ ServerTimeout
  \/ AttackerDrop \/ AttackerDuplicate \/ AttackerReorder \/ AttackerReflect \/ AttackerReplay \/ AttackerInject
  \/ AttackerStripTicket \/ AttackerReplaceTicket \/ AttackerChangeVersion \/ AttackerChangeSuites
  \/ AttackerChangeSuite \/ AttackerChangeSessionID \/ AttackerChangeExtendedMasterSecret
  \/ AttackerChangeEncryptThenMAC \/ AttackerChangeRenegotiationInfo \/ AttackerChangeRandom

Spec == Init /\ [][Next]_vars

=============================================================================
