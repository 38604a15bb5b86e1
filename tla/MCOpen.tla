------------------------------- MODULE MCOpen -------------------------------
(* One endpoint alone, in all scenarios, against a peer that may send        *)
(* anything as often as it likes: its step is input-enabled.                 *)
EXTENDS Scenario

CONSTANTS Scenarios, UpFront, Budget, WireOnly, Mutant,
  Who \* whose machine it is

VARIABLES client, server, toClient, toServer, budget, lost, inserted, taken, config

S == INSTANCE Sesame

Init ==
  /\ client = S!Endpoint("AwaitServerHello")
  /\ server = IF Who = "Server" THEN [S!Endpoint("AwaitClientHello") EXCEPT !.cached = TRUE]
               ELSE [S!Endpoint("AwaitClientHello") EXCEPT !.suite = "normal", !.id = "fresh"]
  /\ toClient = <<>> /\ toServer = <<>>
  /\ budget = 0 /\ lost = FALSE /\ inserted = {} /\ taken = {}
  /\ config = Settle(Scenarios)

-----------------------------------------------------------------------------
(* The alphabet. A letter is a message with all that its content may be. It  *)
(* comes under the keys where there are any, unless it is in the clear.      *)

Letter(type, body) == [type |-> type, body |-> body, hello |-> S!Unchanged, clear |-> FALSE, wrong |-> FALSE]
Hello(type, h) == [Letter(type, "") EXCEPT !.hello = h]
Warning == Letter("Alert", "user_canceled")
Fatal == Letter("Alert", "handshake_failure")

\* What of it does not open or verify, and the end.
Common ==
  {Letter(t, "") : t \in {"EmptyHandshake", "ChangeCipherSpec", "Finished", "ApplicationData", "HelloRequest", "Certificate",
                          "ServerKeyExchange", "CertificateRequest", "ServerHelloDone", "NewSessionTicket", "ClientKeyExchange",
                          "CertificateVerify", "Garbage", "EndOfStream"}}
  \cup {[Letter(t, "") EXCEPT !.wrong = TRUE] : t \in {"Finished", "ServerKeyExchange", "CertificateVerify"}}
  \cup {Letter("Certificate", "empty"), [Letter("Finished", "") EXCEPT !.clear = TRUE], Warning, Fatal}

\* plain with one field at another value.
Changed(plain) ==
  {plain} \cup {[plain EXCEPT !.version = v] : v \in {"ssl3", "1.0", "1.1", "1.2"}}
          \cup {[plain EXCEPT !.renegotiation = v] : v \in {"stripped", "bad"}}
          \cup {[plain EXCEPT !.ems = v] : v \in {"off", "on"}}
          \cup {[plain EXCEPT !.etm = v] : v \in {"off", "on"}}

ClientHellos ==
  LET plain == [S!Unchanged EXCEPT !.ticket = "pac", !.id = "fresh"]
  IN {[S!Unchanged EXCEPT !.ticket = t, !.id = i] :
        t \in {"stripped", "emptied", "pac", "session", "garbage"}, i \in {"empty", "fresh", "cached"}}
     \cup Changed(plain) \cup {[plain EXCEPT !.suites = s] : s \in {"anonymous", "unknown", "fallback-scsv"}}

ServerHellos ==
  LET plain == [S!Unchanged EXCEPT !.id = "other", !.ticketExt = "off"]
  IN {[S!Unchanged EXCEPT !.id = i, !.ticketExt = x] : i \in {"empty", "echo", "other"}, x \in {"off", "on"}}
     \cup Changed(plain) \cup {[plain EXCEPT !.unrequested = "on"]}
     \cup {[plain EXCEPT !.suite = s] : s \in {"other", "not-offered", "anonymous", "wrong-version"}}

Letters(r) == Common \cup IF r = "Client" THEN {Hello("ServerHello", h) : h \in ServerHellos}
                          ELSE {Hello("ClientHello", h) : h \in ClientHellos}

-----------------------------------------------------------------------------
\* What an endpoint in a state checks against the transcript or a signature.
Verifies(state) ==
  CASE state = "AwaitServerKeyExchange" -> "ServerKeyExchange"
    [] state = "AwaitCertificateVerify" -> "CertificateVerify"
    [] state \in {"AwaitFinished", "AwaitFinishedAbbreviated"} -> "Finished"
    [] OTHER -> "nothing"

Class(me, i) ==
  LET keys == S!ReadProtected(me.state) IN
  CASE keys /\ (i.clear \/ i.type = "Garbage") -> "bad-mac"
    [] ~keys /\ i.type = "Garbage" -> "garbage"
    [] i.wrong /\ Verifies(me.state) = i.type -> "bad-verify"
    [] OTHER -> "good"

Becomes(r, me) == IF r = "Client" THEN client' = me /\ UNCHANGED server ELSE server' = me /\ UNCHANGED client

Reads(r, i, refused) ==
  LET before == S!End(r)
      me == IF before.state \in {"AwaitServerHello", "AwaitClientHello"} /\ i.type \in {"ServerHello", "ClientHello"}
            THEN [before EXCEPT !.hello = i.hello] ELSE before
      m == S!Message(i.type, "honest", S!ReadProtected(me.state) /\ ~i.clear, i.body)
  IN /\ Who = r /\ before.state # "Failed"
     /\ \E o \in S!Step(config, r, me, m, Class(me, i)) :
          /\ o.refused = refused
          /\ Becomes(r, o.me) /\ config' = o.in
     /\ UNCHANGED <<toClient, toServer, budget, lost, inserted, taken>>

Sends(r) ==
  /\ Who = r /\ S!End(r).state = "Established" /\ ~S!End(r).sent
  /\ Becomes(r, [S!End(r) EXCEPT !.sent = TRUE])
  /\ UNCHANGED <<toClient, toServer, budget, lost, inserted, taken, config>>

ClientReceiveHelloRequest == /\ \E i \in Letters("Client") : i.type = "HelloRequest" /\ Reads("Client", i, FALSE)
ClientReceiveServerHello == /\ \E i \in Letters("Client") : i.type = "ServerHello" /\ Reads("Client", i, FALSE)
ClientReceiveCertificate == /\ \E i \in Letters("Client") : i.type = "Certificate" /\ Reads("Client", i, FALSE)
ClientReceiveServerKeyExchange == /\ \E i \in Letters("Client") : i.type = "ServerKeyExchange" /\ Reads("Client", i, FALSE)
ClientReceiveCertificateRequest == /\ \E i \in Letters("Client") : i.type = "CertificateRequest" /\ Reads("Client", i, FALSE)
ClientReceiveServerHelloDone == /\ \E i \in Letters("Client") : i.type = "ServerHelloDone" /\ Reads("Client", i, FALSE)
ClientReceiveNewSessionTicket == /\ \E i \in Letters("Client") : i.type = "NewSessionTicket" /\ Reads("Client", i, FALSE)
ClientReceiveChangeCipherSpec == /\ \E i \in Letters("Client") : i.type = "ChangeCipherSpec" /\ Reads("Client", i, FALSE)
ClientReceiveFinished == /\ \E i \in Letters("Client") : i.type = "Finished" /\ Reads("Client", i, FALSE)
ClientReceiveApplicationData == /\ \E i \in Letters("Client") : i.type = "ApplicationData" /\ Reads("Client", i, FALSE)
ClientReceiveWarning == /\ Reads("Client", Warning, FALSE)
ClientReceiveFatalAlert == /\ Reads("Client", Fatal, FALSE)
ClientReceiveEndOfStream == /\ \E i \in Letters("Client") : i.type = "EndOfStream" /\ Reads("Client", i, FALSE)
ClientReject == /\ \E i \in Letters("Client") : Reads("Client", i, TRUE)
ClientSendApplicationData == /\ Sends("Client")
ServerReceiveClientHello == /\ \E i \in Letters("Server") : i.type = "ClientHello" /\ Reads("Server", i, FALSE)
ServerReceiveCertificate == /\ \E i \in Letters("Server") : i.type = "Certificate" /\ Reads("Server", i, FALSE)
ServerReceiveClientKeyExchange == /\ \E i \in Letters("Server") : i.type = "ClientKeyExchange" /\ Reads("Server", i, FALSE)
ServerReceiveCertificateVerify == /\ \E i \in Letters("Server") : i.type = "CertificateVerify" /\ Reads("Server", i, FALSE)
ServerReceiveChangeCipherSpec == /\ \E i \in Letters("Server") : i.type = "ChangeCipherSpec" /\ Reads("Server", i, FALSE)
ServerReceiveFinished == /\ \E i \in Letters("Server") : i.type = "Finished" /\ Reads("Server", i, FALSE)
ServerReceiveApplicationData == /\ \E i \in Letters("Server") : i.type = "ApplicationData" /\ Reads("Server", i, FALSE)
ServerReceiveWarning == /\ Reads("Server", Warning, FALSE)
ServerReceiveFatalAlert == /\ Reads("Server", Fatal, FALSE)
ServerReceiveEndOfStream == /\ \E i \in Letters("Server") : i.type = "EndOfStream" /\ Reads("Server", i, FALSE)
ServerReject == /\ \E i \in Letters("Server") : Reads("Server", i, TRUE)
ServerSendApplicationData == /\ Sends("Server")

Next ==
  \/ ClientReceiveHelloRequest \/ ClientReceiveServerHello \/ ClientReceiveCertificate
  \/ ClientReceiveServerKeyExchange \/ ClientReceiveCertificateRequest \/ ClientReceiveServerHelloDone
  \/ ClientReceiveNewSessionTicket \/ ClientReceiveChangeCipherSpec \/ ClientReceiveFinished
  \/ ClientReceiveApplicationData \/ ClientReceiveWarning \/ ClientReceiveFatalAlert
  \/ ClientReceiveEndOfStream \/ ClientReject \/ ClientSendApplicationData
  \/ ServerReceiveClientHello \/ ServerReceiveCertificate \/ ServerReceiveClientKeyExchange
  \/ ServerReceiveCertificateVerify \/ ServerReceiveChangeCipherSpec \/ ServerReceiveFinished
  \/ ServerReceiveApplicationData \/ ServerReceiveWarning \/ ServerReceiveFatalAlert
  \/ ServerReceiveEndOfStream \/ ServerReject \/ ServerSendApplicationData

Spec == Init /\ [][Next]_S!vars

=============================================================================
