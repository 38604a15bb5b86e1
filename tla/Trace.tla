-------------------------------- MODULE Trace -------------------------------
(* Are traces of real runs behaviours of Sesame? TraceData.tla holds them: a *)
(* step is an event and what the endpoint that acted has shown. "*" stands   *)
(* for what was not logged. A trace that is a behaviour prints its name.     *)
EXTENDS Sesame, TraceData

CONSTANT Verbose \* tell of each trace how far it comes

VARIABLES
  trace, \* which of Traces
  at     \* its next step

Steps == Traces[trace].steps

\* A failed endpoint has wiped everything.
Shown(e, what, wiped) == IF e.state = "Failed" THEN wiped ELSE what
Logs(field, value) == field = "*" \/ field = value
LogsFlag(field, value) == field = "*" \/ field = (IF value THEN "TRUE" ELSE "FALSE")

\* A server that holds another PAC key names the same secret differently.
SecretOf(r, e) == IF r = "Server" /\ e.secret = "pac" /\ config'.keys = {"differ"} THEN "otherPAC" ELSE e.secret

\* What was sent, as far as somebody reads it.
Messages(q) ==
  LET out == SelectSeq(q, LAMBDA m : m.type # "EndOfStream")
  IN [i \in 1..Len(out) |-> <<out[i].type, IF out[i].type = "Alert" THEN out[i].body ELSE "", out[i].sealed>>]
LogsSent(step, peer, before, after) ==
  step.sent = <<"*">> \/ peer.state = "Failed" \/ taken # {}
  \/ step.sent = Messages(SubSeq(after, Len(before) + 1, Len(after)))

LogsEndpoint(step, r, e, peer, before, after) ==
  /\ Logs(step.state, e.state)
  /\ Logs(step.failure, e.failure)
  /\ Logs(step.secret, Shown(e, SecretOf(r, e), "none"))
  /\ Logs(step.resumed, Shown(e, e.resumed, "none"))
  /\ LogsFlag(step.pending, Shown(e, e.pending, FALSE))
  /\ LogsFlag(step.peerAuth, Shown(e, e.peerAuth, FALSE))
  /\ LogsSent(step, peer, before, after)

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

Logged ==
  LET step == Steps[at] IN
  /\ \/ ClientStep(step) /\ LogsEndpoint(step, "Client", client', server, toServer, toServer')
     \/ ServerStep(step) /\ LogsEndpoint(step, "Server", server', client, toClient, toClient')
     \/ AttackerStep(step)
  /\ at' = at + 1

\* The side that was not logged does what it must.
Unlogged ==
  /\ \/ /\ "Client" \notin Traces[trace].sides
        /\ \/ ClientStart
           \/ toClient # <<>> /\ (ClientReads(FALSE) \/ ClientReads(TRUE))
           \/ ClientSendApplicationData
     \/ /\ "Server" \notin Traces[trace].sides
        /\ \/ toServer # <<>> /\ (ServerReads(FALSE) \/ ServerReads(TRUE))
           \/ ServerSendApplicationData
  /\ UNCHANGED at

TraceInit ==
  /\ trace \in 1..Len(Traces) /\ at = 1
  /\ Begin({Settle(Traces[trace].scenario)}, Traces[trace].budget)

TraceNext ==
  /\ at <= Len(Steps)
  /\ Logged \/ Unlogged
  /\ UNCHANGED trace

TraceSpec == TraceInit /\ [][TraceNext]_<<vars, trace, at>>

\* An invariant that is always true, and tells.
Told ==
  /\ at > Len(Steps) => PrintT(<<"accepted", Traces[trace].id>>)
  /\ Verbose => PrintT(<<"reached", Traces[trace].id, at>>)

=============================================================================
