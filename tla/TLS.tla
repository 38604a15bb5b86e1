-------------------------------- MODULE TLS ---------------------------------
(* Plain TLS up to version 1.2 (RFC 5246, RFC 5077, RFC 7627), without a     *)
(* session-secret callback and without an attacker: what Sesame.tla has to   *)
(* be where nobody sets a callback. It shares the configuration space with   *)
(* Sesame.tla, and nothing else.                                             *)
EXTENDS Scenario

VARIABLES client, server, toClient, toServer, config

vars == <<client, server, toClient, toServer, config>>

Side(state) ==
  [state |-> state, secret |-> "none", resumed |-> "none", failure |-> "none", suite |-> "none", id |-> "none",
   peerAuth |-> FALSE, promised |-> FALSE, cert |-> "none", sent |-> FALSE, got |-> FALSE, cached |-> FALSE, added |-> FALSE]

Start(scenarios) ==
  /\ client = Side("Start")
  /\ server = [Side("AwaitClientHello") EXCEPT !.cached = TRUE]
  /\ toClient = <<>> /\ toServer = <<>>
  /\ config = Settle(scenarios)

\* Messages are names here: no attacker makes two of a kind.
Over(e) == e.state \in {"Established", "Failed"}
Closed(e, why) == [e EXCEPT !.state = "Failed", !.failure = why, !.added = FALSE, !.cached = @ /\ e.resumed # "session-id"]
ClosedQuietly(e) == [e EXCEPT !.state = "Failed", !.failure = "end of stream"]

To(q, reader, messages) == IF reader.state = "Failed" THEN q ELSE q \o messages

ClientDoes(c, next, messages) ==
  /\ config' = c /\ client' = next /\ toServer' = To(toServer, server, messages)
  /\ toClient' = IF next.state = "Failed" THEN <<>> ELSE Tail(toClient)
  /\ UNCHANGED server
ServerDoes(c, next, messages) ==
  /\ config' = c /\ server' = next /\ toClient' = To(toClient, client, messages)
  /\ toServer' = IF next.state = "Failed" THEN <<>> ELSE Tail(toServer)
  /\ UNCHANGED client

ClientRefuses(c, me, alert) == ClientDoes(c, Closed(me, "sent alert"), <<alert, "EndOfStream">>)
ServerRefuses(c, me, alert) == ServerDoes(c, Closed(me, "sent alert"), <<alert, "EndOfStream">>)

ClientAt(state, message) == client.state = state /\ toClient # <<>> /\ Head(toClient) = message
ServerAt(state, message) == server.state = state /\ toServer # <<>> /\ Head(toServer) = message

ClientStart ==
  /\ client.state = "Start"
  /\ client' = [client EXCEPT !.state = "AwaitServerHello"]
  /\ toServer' = <<"ClientHello">>
  /\ UNCHANGED <<server, toClient, config>>

-----------------------------------------------------------------------------
(* The server answers ClientHello: "lacking" (the extension that it insists  *)
(* on), "refuse", "ticket" or "session-id" (a resumption), "full" or         *)
(* "no suite".                                                               *)

Pairs(Holds(_, _)) == {p \in Everything.ems : Holds(p[1], p[2])}

\* RFC 7627, Section 5.3: only with the extension, in the session and here. No
\* session under an anonymous suite has the certificate that is required.
Resuming(c, by, Otherwise(_)) ==
  LET uncertified == And(Ask(c, "clientAuth", {"require"}), LAMBDA d : Ask(d, "exchange", {"anonymous"}))
      extended(d) == Ask(d, "sessionEMS", {"on"})
      offered(d) == Ask(d, "ems", Pairs(LAMBDA k, s : k # "off"))
      taken(d) == Ask(d, "ems", Pairs(LAMBDA k, s : s # "off"))
  IN If(And(Not(uncertified), extended),
        LAMBDA d : If(offered(d), LAMBDA e : If(taken(e), LAMBDA f : Answer(f, by), Otherwise), LAMBDA e : Answer(e, "refuse")),
        Otherwise)

\* No client can prove anything under an anonymous suite.
Fully(c) ==
  If(And(Ask(c, "exchange", {"anonymous"}), LAMBDA d : Ask(d, "clientAuth", {"require"})),
     LAMBDA d : Answer(d, "no suite"), LAMBDA d : Answer(d, "full"))

\* RFC 5077, Section 3.4: beside a ticket the Session ID is not looked up.
Chosen(c) ==
  LET ticket(d) == If(And(Ask(d, "serverTickets", {"on"}), LAMBDA e : Ask(e, "ticket", {"session"})),
                      LAMBDA e : Resuming(e, "ticket", Fully), Fully)
      session(d) == If(And(Not(Ask(d, "sessionID", {"empty"})), LAMBDA e : Ask(e, "sessionID", {"cached"})),
                       LAMBDA e : Resuming(e, "session-id", Fully), Fully)
  IN If(Ask(c, "ems", {<<"off", "required">>}), LAMBDA d : Answer(d, "lacking"),
        LAMBDA d : If(Ask(d, "ticket", {"pac", "session"}), ticket, session))

SendsAbbreviated(c, by) ==
  ServerDoes(c, [server EXCEPT !.suite = "normal", !.secret = "session", !.resumed = by, !.id = "echo",
                               !.state = "AwaitChangeCipherSpecAbbreviated"],
             <<"ServerHello", "ChangeCipherSpec", "Finished">>)

\* RFC 5077, Section 3.2: a ticket is announced to a client that asked.
SendsFull(c) ==
  \E a \in Ask(c, "exchange", {"anonymous"}) :
  \E t \in And(Not(Ask(a.in, "ticket", {"absent"})), LAMBDA d : Ask(d, "serverTickets", {"on"})) :
  \E x \in IF a.is THEN Yes(t.in) ELSE Not(Ask(t.in, "exchange", {"rsa"})) :
  \E r \in IF a.is THEN No(x.in) ELSE Not(Ask(x.in, "clientAuth", {"off"})) :
    ServerDoes(r.in, [server EXCEPT !.suite = "normal", !.promised = t.is, !.id = IF t.is THEN "empty" ELSE "fresh",
                                    !.state = IF r.is THEN "AwaitClientCertificate" ELSE "AwaitClientKeyExchange"],
               <<"ServerHello">> \o (IF a.is THEN <<>> ELSE <<"Certificate">>) \o (IF x.is THEN <<"ServerKeyExchange">> ELSE <<>>)
               \o (IF r.is THEN <<"CertificateRequest">> ELSE <<>>) \o <<"ServerHelloDone">>)

ServerReceiveClientHello ==
  /\ ServerAt("AwaitClientHello", "ClientHello")
  /\ \E a \in Chosen(config) :
       CASE a.is \in {"lacking", "refuse", "no suite"} -> ServerRefuses(a.in, server, "handshake_failure")
         [] a.is \in {"ticket", "session-id"} -> SendsAbbreviated(a.in, a.is)
         [] OTHER -> SendsFull(a.in)

ServerReceiveCertificate ==
  /\ server.state = "AwaitClientCertificate" /\ toServer # <<>>
  /\ \/ /\ Head(toServer) = "Certificate"
        /\ ServerDoes(config, [server EXCEPT !.cert = "good", !.state = "AwaitClientKeyExchangeVerify"], <<>>)
     \/ /\ Head(toServer) = "EmptyCertificate"
        /\ \E a \in Ask(config, "clientAuth", {"require"}) :
             LET empty == [server EXCEPT !.cert = "empty"]
             IN IF a.is THEN ServerRefuses(a.in, empty, "handshake_failure")
                ELSE ServerDoes(a.in, [empty EXCEPT !.state = "AwaitClientKeyExchange"], <<>>)

ServerReceiveClientKeyExchange ==
  /\ ServerAt("AwaitClientKeyExchange", "ClientKeyExchange") \/ ServerAt("AwaitClientKeyExchangeVerify", "ClientKeyExchange")
  /\ ServerDoes(config, [server EXCEPT !.secret = "kx",
                          !.state = IF @ = "AwaitClientKeyExchange" THEN "AwaitChangeCipherSpec" ELSE "AwaitCertificateVerify"], <<>>)

ServerReceiveCertificateVerify ==
  /\ ServerAt("AwaitCertificateVerify", "CertificateVerify")
  /\ ServerDoes(config, [server EXCEPT !.peerAuth = TRUE, !.state = "AwaitChangeCipherSpec"], <<>>)

ServerReceiveChangeCipherSpec ==
  \/ /\ ServerAt("AwaitChangeCipherSpec", "ChangeCipherSpec")
     /\ ServerDoes(config, [server EXCEPT !.state = "AwaitFinished"], <<>>)
  \/ /\ ServerAt("AwaitChangeCipherSpecAbbreviated", "ChangeCipherSpec")
     /\ ServerDoes(config, [server EXCEPT !.state = "AwaitFinishedAbbreviated"], <<>>)

ServerReceiveFinished ==
  \/ /\ ServerAt("AwaitFinishedAbbreviated", "Finished")
     /\ ServerDoes(config, [server EXCEPT !.peerAuth = TRUE, !.state = "Established"], <<>>)
  \/ /\ ServerAt("AwaitFinished", "Finished")
     /\ ServerDoes(config, [server EXCEPT !.state = "Established", !.added = server.id = "fresh"],
                   (IF server.promised THEN <<"NewSessionTicket">> ELSE <<>>) \o <<"ChangeCipherSpec", "Finished">>)

-----------------------------------------------------------------------------
(* The client.                                                               *)

\* The session that was offered: by its ID, or by a ticket beside one.
Named(c) ==
  Or(Ask(c, "sessionID", {"cached"}), LAMBDA d : And(Ask(d, "ticket", {"session"}), LAMBDA e : Ask(e, "sessionID", {"fresh"})))

ClientReceiveServerHello ==
  /\ ClientAt("AwaitServerHello", "ServerHello")
  /\ \E r \in Ask(config, "ems", {<<"required", "off">>}) :
       IF r.is THEN ClientRefuses(r.in, client, "handshake_failure")
       ELSE LET hello == [client EXCEPT !.suite = server.suite, !.id = server.id, !.promised = server.promised,
                                        !.state = "AwaitServerFlight"]
            IN \E n \in IF server.id = "echo" THEN Named(r.in) ELSE No(r.in) :
               \* A ticket of another kind names no session that the client has.
               \E t \in IF n.is THEN Ask(n.in, "ticket", {"session"}) ELSE Ask(n.in, "ticket", {"pac"}) :
                 ClientDoes(t.in, IF ~n.is THEN hello
                                  ELSE [hello EXCEPT !.secret = "session", !.resumed = IF t.is THEN "ticket" ELSE "session-id",
                                                     !.state = "AwaitChangeCipherSpecAbbreviated"], <<>>)

\* RFC 7627, Section 5.3 has been seen to by the server.
ClientReceiveCertificate ==
  /\ ClientAt("AwaitServerFlight", "Certificate")
  /\ \E t \in Ask(config, "trustRoot", {"on"}) :
       IF ~t.is THEN ClientRefuses(t.in, client, "unknown_ca")
       ELSE \E x \in Ask(t.in, "exchange", {"rsa"}) :
              ClientDoes(x.in, [client EXCEPT !.peerAuth = TRUE,
                                              !.state = IF x.is THEN "AwaitCertificateRequest" ELSE "AwaitServerKeyExchange"], <<>>)

ClientReceiveServerKeyExchange ==
  /\ ClientAt("AwaitServerFlight", "ServerKeyExchange") \/ ClientAt("AwaitServerKeyExchange", "ServerKeyExchange")
  /\ ClientDoes(config, [client EXCEPT !.state = "AwaitCertificateRequest"], <<>>)

ClientReceiveCertificateRequest ==
  /\ ClientAt("AwaitCertificateRequest", "CertificateRequest")
  /\ ClientDoes(config, [client EXCEPT !.state = "AwaitServerHelloDone"], <<>>)

SendsFlight(c, cert) ==
  ClientDoes(c, [client EXCEPT !.cert = cert, !.secret = "kx",
                               !.state = IF client.promised THEN "AwaitNewSessionTicket" ELSE "AwaitChangeCipherSpec"],
             (CASE cert = "good" -> <<"Certificate", "ClientKeyExchange", "CertificateVerify">>
                [] cert = "empty" -> <<"EmptyCertificate", "ClientKeyExchange">>
                [] OTHER -> <<"ClientKeyExchange">>) \o <<"ChangeCipherSpec", "Finished">>)

ClientReceiveServerHelloDone ==
  \/ ClientAt("AwaitCertificateRequest", "ServerHelloDone") /\ SendsFlight(config, "none")
  \/ /\ ClientAt("AwaitServerHelloDone", "ServerHelloDone")
     /\ \E a \in Ask(config, "clientCert", {"on"}) : SendsFlight(a.in, IF a.is THEN "good" ELSE "empty")

ClientReceiveNewSessionTicket ==
  /\ ClientAt("AwaitNewSessionTicket", "NewSessionTicket")
  /\ ClientDoes(config, [client EXCEPT !.state = "AwaitChangeCipherSpec"], <<>>)

\* RFC 5077, Section 3.4: beside an empty Session ID, ChangeCipherSpec tells
\* that the ticket was accepted.
ClientReceiveChangeCipherSpec ==
  \/ /\ ClientAt("AwaitServerFlight", "ChangeCipherSpec")
     /\ ClientDoes(config, [client EXCEPT !.secret = "session", !.resumed = "ticket", !.state = "AwaitFinishedAbbreviated"], <<>>)
  \/ /\ ClientAt("AwaitChangeCipherSpec", "ChangeCipherSpec")
     /\ ClientDoes(config, [client EXCEPT !.state = "AwaitFinished"], <<>>)
  \/ /\ ClientAt("AwaitChangeCipherSpecAbbreviated", "ChangeCipherSpec")
     /\ ClientDoes(config, [client EXCEPT !.state = "AwaitFinishedAbbreviated"], <<>>)

ClientReceiveFinished ==
  \/ ClientAt("AwaitFinished", "Finished") /\ ClientDoes(config, [client EXCEPT !.state = "Established"], <<>>)
  \/ /\ ClientAt("AwaitFinishedAbbreviated", "Finished")
     /\ ClientDoes(config, [client EXCEPT !.peerAuth = TRUE, !.state = "Established"], <<"ChangeCipherSpec", "Finished">>)

-----------------------------------------------------------------------------
(* Both, after the handshake and at its end.                                 *)

Alerts == {"handshake_failure", "unknown_ca"}

ReceiveFatalAlert ==
  \/ toClient # <<>> /\ Head(toClient) \in Alerts /\ ClientDoes(config, Closed(client, "received alert"), <<"EndOfStream">>)
  \/ toServer # <<>> /\ Head(toServer) \in Alerts /\ ServerDoes(config, Closed(server, "received alert"), <<"EndOfStream">>)

ReceiveEndOfStream ==
  \/ toClient # <<>> /\ Head(toClient) = "EndOfStream" /\ ClientDoes(config, ClosedQuietly(client), <<"EndOfStream">>)
  \/ toServer # <<>> /\ Head(toServer) = "EndOfStream" /\ ServerDoes(config, ClosedQuietly(server), <<"EndOfStream">>)

SendApplicationData ==
  \/ /\ client.state = "Established" /\ ~client.sent /\ server.state # "Failed"
     /\ client' = [client EXCEPT !.sent = TRUE] /\ toServer' = Append(toServer, "ApplicationData")
     /\ UNCHANGED <<server, toClient, config>>
  \/ /\ server.state = "Established" /\ ~server.sent /\ client.state # "Failed"
     /\ server' = [server EXCEPT !.sent = TRUE] /\ toClient' = Append(toClient, "ApplicationData")
     /\ UNCHANGED <<client, toServer, config>>

ReceiveApplicationData ==
  \/ ClientAt("Established", "ApplicationData") /\ ClientDoes(config, [client EXCEPT !.got = TRUE], <<>>)
  \/ ServerAt("Established", "ApplicationData") /\ ServerDoes(config, [server EXCEPT !.got = TRUE], <<>>)

Next ==
  \/ ClientStart \/ ClientReceiveServerHello \/ ClientReceiveCertificate \/ ClientReceiveServerKeyExchange
  \/ ClientReceiveCertificateRequest \/ ClientReceiveServerHelloDone \/ ClientReceiveNewSessionTicket
  \/ ClientReceiveChangeCipherSpec \/ ClientReceiveFinished
  \/ ServerReceiveClientHello \/ ServerReceiveCertificate \/ ServerReceiveClientKeyExchange
  \/ ServerReceiveCertificateVerify \/ ServerReceiveChangeCipherSpec \/ ServerReceiveFinished
  \/ ReceiveFatalAlert \/ ReceiveEndOfStream \/ SendApplicationData \/ ReceiveApplicationData

=============================================================================
