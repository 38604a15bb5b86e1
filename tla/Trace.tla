-------------------------------- MODULE Trace -------------------------------
(* Are traces of real runs behaviours of Sesame? TraceData.tla holds them: a *)
(* step is an event, what the endpoint that acted has shown, and for a trace *)
(* of both ends every other variable after it. What was not logged is "*", or *)
(* the empty set where a set has at most one element, what was logged.       *)
(* A trace that is a behaviour prints its number.                             *)
EXTENDS Sesame, TraceData

CONSTANT Verbose \* tell of each trace how far it comes

VARIABLES
  trace, \* which of Traces
  at,    \* its next step
  way    \* the reading of its last step that has been taken, "" before

Steps == Traces[trace].steps

\* Where it is asked why a step is not possible, there are several readings of the
\* last one: each leaves one thing out.
Ways == Traces[trace].ways
AtEnd == at > Len(Steps) + (IF Ways = {} THEN 0 ELSE 1)
Readings == IF at > Len(Steps) THEN Ways ELSE {[name |-> "", step |-> Steps[at]]}
Last == IF at - 1 > Len(Steps) THEN (CHOOSE w \in Ways : w.name = way).step ELSE Steps[at - 1]
Logged(r) == r \in Traces[trace].sides

-----------------------------------------------------------------------------
(* What was shown. The primed variables are those after the step. An         *)
(* endpoint that has failed has wiped everything.                            *)

Logs(field, value) == field = "*" \/ field = value
LogsFlag(field, value) == Logs(field, IF value THEN "TRUE" ELSE "FALSE")
Shown(e, what, wiped) == IF e.state = "Failed" THEN wiped ELSE what

\* A server that holds another PAC key names the same secret differently, if
\* somebody sees both.
SecretOf(r, e, c) ==
  IF r = "Server" /\ e.secret = "pac" /\ c.keys = {"differ"} /\ Traces[trace].sides = Roles THEN "otherPAC" ELSE e.secret
Under(r, e, c, sealed) == IF sealed THEN SecretOf(r, e, c) ELSE "none"

\* The extensions of a hello that the handshake's course depends on, and what
\* else of a hello Sesame holds. The questions that it asks are answered.
Certainly(A) == \A a \in A : a.is
Extensions(ems, etm, ticket) ==
  (IF ems THEN {"extended_master_secret"} ELSE {}) \cup (IF etm THEN {"encrypt_then_mac"} ELSE {})
  \cup (IF ticket THEN {"session_ticket"} ELSE {})
LogsClientHello(h, c) ==
  /\ {h.version} = c.clientVersion /\ {h.id} = c.sessionID /\ {h.ticket} = c.ticket
  /\ h.extensions = Extensions(Certainly(ClientEMS(c)), c.clientEtM = {"on"}, c.ticket # {"absent"})
\* What ServerHello says of version, suite and Session ID, the server shows too.
LogsServerHello(h, e, step) ==
  /\ Logs(h.version, step.version) /\ Logs(h.id, step.id)
  /\ h.extensions = Extensions(step.ems = "TRUE", step.etm = "TRUE", e.promised)
LogsHello(m, e, c, step) ==
  CASE m.message = "ClientHello" -> LogsClientHello(m.hello, c)
    [] m.message = "ServerHello" -> LogsServerHello(m.hello, e, step)
    [] OTHER -> TRUE

\* What was sent, as far as somebody reads it.
LogsSent(step, r, e, c, peer, before, after) ==
  LET out == SelectSeq(SubSeq(after, Len(before) + 1, Len(after)), LAMBDA m : m.type # "EndOfStream")
  IN \/ peer.state = "Failed" \/ taken # {}
     \/ \A sent \in step.sent :
        /\ Len(sent) = Len(out)
        /\ \A i \in 1..Len(out) : LET m == sent[i] IN
             /\ m.message = out[i].type
             /\ Logs(m.alert, IF out[i].type = "Alert" THEN out[i].body ELSE "")
             /\ Logs(m.level, CASE out[i].type # "Alert" -> "" [] out[i].body \in Warnings -> "warning" [] OTHER -> "fatal")
             /\ Logs(m.keyed, Under(r, e, c, out[i].sealed))
             /\ LogsHello(m, e, c, step)

\* The callback's answer, "none" where it was not called.
CallOf(r, before, e, c, head) ==
  LET reads == head.type = (IF r = "Client" THEN "ServerHello" ELSE "ClientHello")
               /\ before.state = (IF r = "Client" THEN "AwaitServerHello" ELSE "AwaitClientHello")
      due == /\ \A a \in ClientHelloFine(c, e.hello) : a.is = "fine"
             /\ Certainly(TicketNonEmpty(c, e.hello)) /\ c.serverCallback # {"unset"}
             /\ "require" \notin c.clientAuth \/ c.standsIn = {"on"}
      fine == \A a \in Check(Check(VersionFine(c, e.hello), LAMBDA d : SuiteFine(d, e.hello)), LAMBDA d : ExtensionsFine(d, e.hello)) : a.is = "fine"
      does == CHOOSE x \in c.serverCallback : TRUE
  IN CASE ~reads -> "none"
       [] r = "Client" /\ reads ->
            CASE e.pending -> "accept"
              [] ~e.pending /\ e.state = "Failed" /\ fine /\ c.ticket = {"pac"} /\ c.clientCallback # {"unset"} ->
                   CHOOSE x \in c.clientCallback : TRUE
              [] OTHER -> "none"
       [] OTHER -> CASE ~due -> "none"
                     [] due /\ does = "accept" -> IF Certainly(TicketOpensAsPAC(c, e.hello)) THEN "accept" ELSE "decline"
                     [] OTHER -> does
LogsCall(step, r, before, e, c, head) ==
  LET answer == CallOf(r, before, e, c, head)
      suites == IF r = "Client" THEN c.preferred ELSE c.named
  IN /\ Logs(step.call, answer)
     /\ step.named = "*" \/ (IF answer = "accept" THEN step.named \in suites ELSE step.named = "none")

\* What was done to the server's cache: the first of a step.
CacheOf(r, before, e, c, head) ==
  LET looks == /\ r = "Server" /\ before.state = "AwaitClientHello" /\ head.type = "ClientHello"
               /\ \A a \in ClientHelloFine(c, e.hello) : a.is = "fine"
               /\ ~Certainly(TicketNonEmpty(c, e.hello)) /\ Certainly(HasID(c, e.hello))
  IN CASE looks -> "lookup"
       [] ~looks /\ e.added /\ ~before.added -> "add"
       [] ~looks /\ ((before.added /\ ~e.added) \/ (before.cached /\ ~e.cached)) -> "remove"
       [] OTHER -> "none"

LogsEndpoint(step, r, before, e, c, peer, from, to) ==
  LET head == IF from = <<>> THEN EndOfStream ELSE Head(from)
      reads == step.event \notin {"ClientStart", "ClientSendApplicationData", "ServerSendApplicationData", "ClientTimeout", "ServerTimeout"}
      out == IF r = "Client" THEN toServer ELSE toClient
  IN /\ Logs(step.state, e.state)
     /\ Logs(step.failure, e.failure)
     /\ Logs(step.secret, Shown(e, SecretOf(r, e, c), "none"))
     /\ Logs(step.read, Shown(e, Under(r, e, c, ReadProtected(e.state)), "none"))
     /\ Logs(step.write, Shown(e, Under(r, e, c, WriteProtected(r, e.state)), "none"))
     /\ Logs(step.resumed, Shown(e, e.resumed, "none"))
     /\ LogsFlag(step.pending, Shown(e, e.pending, FALSE))
     /\ LogsFlag(step.peerAuth, Shown(e, e.peerAuth, FALSE))
     /\ LogsFlag(step.promised, Shown(e, e.promised, FALSE))
     /\ LogsFlag(step.delivered, step.event \in {"ClientReceiveApplicationData", "ServerReceiveApplicationData"})
     /\ Logs(step.received, IF reads /\ head.type = "Alert" /\ step.event \notin {"ClientReject", "ServerReject"} THEN head.body ELSE "none")
     /\ LogsCall(step, r, before, e, c, IF reads THEN head ELSE EndOfStream)
     /\ Logs(step.cache, CacheOf(r, before, e, c, IF reads THEN head ELSE EndOfStream))
     /\ LogsSent(step, r, e, c, peer, out, to)

-----------------------------------------------------------------------------
(* What was negotiated. Where one end alone was logged, the other's          *)
(* configuration is open, and what was shown narrows it.                     *)

HasReadHello(e) == e.state \notin {"Start", "AwaitServerHello", "AwaitClientHello", "Failed"}

Told(C, field, Question(_)) ==
  IF field = "*" THEN C ELSE UNION {{a.in : a \in {x \in Question(c) : x.is = field}} : c \in C}
Worded(A) == {[is |-> IF a.is THEN "TRUE" ELSE "FALSE", in |-> a.in] : a \in A}

VersionSeen(r, c, e) == IF r = "Client" THEN SeenVersion(c, e.hello) ELSE ChosenVersion(c, e.hello)
EMSSeen(r, c, e) == IF r = "Client" THEN SeenEMS(c, e.hello) ELSE AnswersEMS(c, e.hello)
EtMSeen(r, c, e) ==
  CASE r = "Server" -> AnswersEtM(c, e.hello)
    [] r = "Client" /\ e.hello.etm # "same" -> Answer(c, e.hello.etm = "on")
    [] r = "Client" /\ e.hello.random = "foreign" -> No(c)
    [] OTHER -> AnswersEtM(c, server.hello)
CBCSeen(r, c, e) == IF r = "Client" THEN SeenCBC(c, e.hello) ELSE CBC(c, LAMBDA d : SuiteVersion(d, e.hello))
\* An echo of nothing is empty, and what is of somebody's making is fresh.
IDSeen(r, c, e) ==
  CASE e.id = "echo" /\ r = "Server" -> {[is |-> IF a.is THEN "echo" ELSE "empty", in |-> a.in] : a \in HasID(c, e.hello)}
    [] e.id = "echo" /\ r = "Client" -> {[is |-> IF a.is THEN "empty" ELSE "echo", in |-> a.in] : a \in Ask(c, "sessionID", {"empty"})}
    [] e.id = "empty" -> Answer(c, "empty")
    [] OTHER -> Answer(c, "fresh")

\* The configurations of which step says the truth.
Negotiated(step, r, c, e) ==
  IF ~HasReadHello(e)
  THEN IF Logs(step.version, "none") /\ Logs(step.anonymous, "none") /\ Logs(step.cbc, "none") /\ Logs(step.id, "none")
          /\ LogsFlag(step.ems, FALSE) /\ LogsFlag(step.etm, FALSE) THEN {c} ELSE {}
  ELSE Told(Told(Told(Told(Told(Told({c}, step.version, LAMBDA d : VersionSeen(r, d, e)),
                                step.anonymous, LAMBDA d : Worded(Anonymous(d, e.suite))),
                           step.cbc, LAMBDA d : Worded(CBCSeen(r, d, e))),
                      step.id, LAMBDA d : IDSeen(r, d, e)),
                 step.ems, LAMBDA d : Worded(EMSSeen(r, d, e))),
            step.etm, LAMBDA d : Worded(EtMSeen(r, d, e)))

Open == at > 1 /\ Last.role \in Roles /\ Negotiated(Last, Last.role, config, End(Last.role)) # {config}

Narrows ==
  /\ config' \in Negotiated(Last, Last.role, config, End(Last.role))
  /\ UNCHANGED <<client, server, toClient, toServer, budget, lost, inserted, taken, at, way>>

-----------------------------------------------------------------------------
(* Every variable besides, of a trace of both ends.                          *)

LogsChange(change, h) ==
  \A field \in DOMAIN h : IF field \in DOMAIN change THEN Logs(change[field], h[field]) ELSE h[field] = "same"
LogsAside(seen, e) ==
  /\ seen.cert = e.cert /\ seen.sent = e.sent /\ seen.got = e.got /\ seen.cached = e.cached /\ seen.added = e.added
  /\ seen.foreign = e.foreign \/ e.state = "Failed"
  /\ LogsChange(seen.hello, e.hello)
\* A sealed record that is not the peer's is like any other.
LogsStream(seen, q) ==
  seen = [i \in 1..Len(q) |-> IF q[i].sealed /\ q[i].origin # "honest" THEN <<"*", "", TRUE>>
                              ELSE <<q[i].type, IF q[i].type = "Alert" THEN q[i].body ELSE "", q[i].sealed>>]
NotLogged == <<"*", "", FALSE>>
LogsVariables(all) ==
  /\ \A seen \in all.client : LogsAside(seen, client')
  /\ \A seen \in all.server : LogsAside(seen, server')
  /\ all.toClient = <<NotLogged>> \/ LogsStream(all.toClient, toClient')
  /\ all.toServer = <<NotLogged>> \/ LogsStream(all.toServer, toServer')
  /\ Logs(all.budget, ToString(budget'))
  /\ LogsFlag(all.lost, lost')
  /\ all.inserted = {"*"} \/ all.inserted = inserted'
  /\ taken' = {} /\ config' = config \* nobody's part is played, and nothing is open

-----------------------------------------------------------------------------
(* Steps.                                                                    *)

ClientStep(step) ==
  \/ step.event = "ClientStart" /\ ClientStart
  \/ step.event = "ClientReceiveHelloRequest" /\ ClientReceiveHelloRequest
  \/ step.event = "ClientReceiveServerHello" /\ ClientReceiveServerHello
  \/ step.event = "ClientReceiveCertificate" /\ ClientReceiveCertificate
  \/ step.event = "ClientReceiveServerKeyExchange" /\ ClientReceiveServerKeyExchange
  \/ step.event = "ClientReceiveCertificateRequest" /\ ClientReceiveCertificateRequest
  \/ step.event = "ClientReceiveServerHelloDone" /\ ClientReceiveServerHelloDone
  \/ step.event = "ClientReceiveNewSessionTicket" /\ ClientReceiveNewSessionTicket
  \/ step.event = "ClientReceiveChangeCipherSpec" /\ ClientReceiveChangeCipherSpec
  \/ step.event = "ClientReceiveFinished" /\ ClientReceiveFinished
  \/ step.event = "ClientReceiveApplicationData" /\ ClientReceiveApplicationData
  \/ step.event = "ClientReceiveWarning" /\ ClientReceiveWarning
  \/ step.event = "ClientReceiveFatalAlert" /\ ClientReceiveFatalAlert
  \/ step.event = "ClientReceiveEndOfStream" /\ ClientReceiveEndOfStream
  \/ step.event = "ClientReject" /\ ClientReject
  \/ step.event = "ClientSendApplicationData" /\ ClientSendApplicationData
  \/ step.event = "ClientTimeout" /\ ClientTimeout

ServerStep(step) ==
  \/ step.event = "ServerReceiveClientHello" /\ ServerReceiveClientHello
  \/ step.event = "ServerReceiveCertificate" /\ ServerReceiveCertificate
  \/ step.event = "ServerReceiveClientKeyExchange" /\ ServerReceiveClientKeyExchange
  \/ step.event = "ServerReceiveCertificateVerify" /\ ServerReceiveCertificateVerify
  \/ step.event = "ServerReceiveChangeCipherSpec" /\ ServerReceiveChangeCipherSpec
  \/ step.event = "ServerReceiveFinished" /\ ServerReceiveFinished
  \/ step.event = "ServerReceiveApplicationData" /\ ServerReceiveApplicationData
  \/ step.event = "ServerReceiveWarning" /\ ServerReceiveWarning
  \/ step.event = "ServerReceiveFatalAlert" /\ ServerReceiveFatalAlert
  \/ step.event = "ServerReceiveEndOfStream" /\ ServerReceiveEndOfStream
  \/ step.event = "ServerReject" /\ ServerReject
  \/ step.event = "ServerSendApplicationData" /\ ServerSendApplicationData
  \/ step.event = "ServerTimeout" /\ ServerTimeout

AttackerStep(step) ==
  \/ step.event = "AttackerDrop" /\ AttackerDrop
  \/ step.event = "AttackerDuplicate" /\ AttackerDuplicate
  \/ step.event = "AttackerReorder" /\ AttackerReorder
  \/ step.event = "AttackerReflect" /\ AttackerReflect
  \/ step.event = "AttackerReplay" /\ AttackerReplay
  \/ step.event = "AttackerInject" /\ AttackerInject
  \/ step.event = "AttackerStripTicket" /\ AttackerStripTicket
  \/ step.event = "AttackerReplaceTicket" /\ AttackerReplaceTicket
  \/ step.event = "AttackerChangeVersion" /\ AttackerChangeVersion
  \/ step.event = "AttackerChangeSuites" /\ AttackerChangeSuites
  \/ step.event = "AttackerChangeSuite" /\ AttackerChangeSuite
  \/ step.event = "AttackerChangeSessionID" /\ AttackerChangeSessionID
  \/ step.event = "AttackerChangeExtendedMasterSecret" /\ AttackerChangeExtendedMasterSecret
  \/ step.event = "AttackerChangeEncryptThenMAC" /\ AttackerChangeEncryptThenMAC
  \/ step.event = "AttackerChangeRenegotiationInfo" /\ AttackerChangeRenegotiationInfo
  \/ step.event = "AttackerChangeRandom" /\ AttackerChangeRandom

\* A connection carries more data than the one record of Sesame, some of it empty,
\* and is closed in order (RFC 5246, Section 7.2.1): that changes nothing.
Repeats(step, r, e) ==
  /\ e.state = "Established" /\ step.role = r
  /\ \/ step.event \in {"ClientSendApplicationData", "ServerSendApplicationData"} /\ e.sent
     \/ step.event \in {"ClientReceiveApplicationData", "ServerReceiveApplicationData"} /\ (e.got \/ step.delivered = "FALSE")
     \/ step.event \in {"ClientReceiveWarning", "ServerReceiveWarning"} /\ step.received = "close_notify"
  /\ Logs(step.state, e.state) /\ Logs(step.failure, "none") /\ Logs(step.secret, SecretOf(r, e, config))
  /\ UNCHANGED vars

TakesStep(step) ==
  \/ /\ ClientStep(step) /\ LogsEndpoint(step, "Client", client, client', config', server, toClient, toServer')
     /\ Negotiated(step, "Client", config', client') # {}
  \/ /\ ServerStep(step) /\ LogsEndpoint(step, "Server", server, server', config', client, toServer, toClient')
     /\ Negotiated(step, "Server", config', server') # {}
  \/ AttackerStep(step)
  \/ Traces[trace].sides # Roles /\ (Repeats(step, "Client", client) \/ Repeats(step, "Server", server))

Proceeds ==
  /\ \E reading \in Readings :
       /\ TakesStep(reading.step)
       /\ \A all \in reading.step.variables : LogsVariables(all)
       /\ way' = reading.name
  /\ at' = at + 1

\* Whoever uses the side that was not logged may give up and close.
Leaves(r) ==
  /\ ~Logged(r) /\ End(r).state # "Failed"
  /\ \E reading \in Readings : reading.step.event \in {"ClientReceiveEndOfStream", "ServerReceiveEndOfStream"}
  /\ IF r = "Client" THEN /\ client' = Over(r, client, "timeout") /\ UNCHANGED server
                          /\ toServer' = Append(toServer, EndOfStream) /\ toClient' = <<>>
     ELSE /\ server' = Over(r, server, "timeout") /\ UNCHANGED client
          /\ toClient' = Append(toClient, EndOfStream) /\ toServer' = <<>>
  /\ UNCHANGED <<budget, lost, inserted, taken, config>>

\* A server that was not logged, and is known to deviate so, answers a Session ID
\* that it should repeat with one of its own.
Deviates ==
  /\ ~Logged("Server") /\ client.state = "AwaitServerHello"
  /\ server.resumed = "session-secret" /\ server.id = "echo"
  /\ \E a \in Ask(config, "sessionID", {"empty"}) :
       /\ (IF a.is THEN "empty-session-id-answered" ELSE "no-session-id-echo") \in Traces[trace].quirks
       /\ config' = a.in
  /\ server' = [server EXCEPT !.id = "fresh"]
  /\ UNCHANGED <<client, toClient, toServer, budget, lost, inserted, taken>>

\* The side that was not logged does what it must.
Unlogged ==
  /\ \/ Leaves("Client") \/ Leaves("Server") \/ Deviates
     \/ /\ ~Logged("Client")
        /\ \/ ClientStart
           \/ toClient # <<>> /\ (ClientReads(FALSE) \/ ClientReads(TRUE))
           \/ ClientSendApplicationData
     \/ /\ ~Logged("Server")
        /\ \/ toServer # <<>> /\ (ServerReads(FALSE) \/ ServerReads(TRUE))
           \/ ServerSendApplicationData
  /\ UNCHANGED <<at, way>>

TraceInit ==
  /\ trace \in 1..Len(Traces) /\ at = 1 /\ way = ""
  /\ Begin({Settle(Traces[trace].scenario)}, Traces[trace].budget)

TraceNext ==
  /\ IF Open THEN Narrows ELSE ~AtEnd /\ (Proceeds \/ Unlogged)
  /\ UNCHANGED trace

TraceSpec == TraceInit /\ [][TraceNext]_<<vars, trace, at, way>>

\* An invariant that is always true, and tells.
Tells ==
  /\ AtEnd /\ ~Open => PrintT(<<"accepted", trace, way>>)
  /\ Verbose => PrintT(<<"reached", trace, at>>)

=============================================================================
