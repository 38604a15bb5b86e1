----------------------------- MODULE Properties -----------------------------
(* What is true of the handshake: invariants of states, and of transitions   *)
(* as action properties. They are named as in the Go model.                  *)
EXTENDS Sesame

\* A dimension has one of these values, whatever the scenario turns out to be;
\* or it still may have one.
Certain(c, d, values) == c[d] \subseteq values
Possible(c, d, values) == c[d] \cap values # {}

-----------------------------------------------------------------------------
(* Invariants.                                                               *)

\* Both sides have seen the same hellos and the same messages after them.
SameView == SameHellos(client, server) /\ client.cert = server.cert /\ ~client.foreign /\ ~server.foreign
SamePAC(e) == e.secret # "pac" \/ Certain(config, "keys", {"agree"})
SamePACRun(me, peer) ==
  /\ taken = {} /\ me.secret = "pac" /\ peer.secret = "pac" /\ peer.resumed = "session-secret"
  /\ SamePAC(me) /\ SameView
BothEstablished == client.state = "Established" /\ server.state = "Established"

\* FAST-SEC-01, FAST-TLS-21: randoms, version, suite, Session ID, extensions, secret and kind of handshake.
Agreement ==
  BothEstablished /\ (client.peerAuth \/ taken = {}) =>
    /\ taken = {} /\ SameView /\ client.secret = server.secret /\ SamePAC(client)
    /\ client.resumed = server.resumed /\ client.suite = server.suite
    /\ client.promised = server.promised /\ client.id = server.id

ClientEstablishedWithServer ==
  client.state = "Established" /\ client.resumed = "session-secret" => SamePACRun(client, server)
ServerEstablishedWithClient ==
  server.state = "Established" /\ server.secret = "pac" => SamePACRun(server, client)

\* FAST-SEC-02: each run of a server matches one run of a client.
ReplayNeverCompletes == server.hello.random = "recorded" => server.state # "Established"

\* FAST-SEC-19, FAST-SEC-20: no keys without a secret, and one of the right kind.
SecretFits(r, e) ==
  ReadProtected(e.state) \/ WriteProtected(r, e.state) =>
    CASE e.resumed = "none" -> e.secret \in {"kx", "otherKX"}
      [] e.resumed = "session-secret" -> e.secret \in {"pac", "otherPAC"}
      [] OTHER -> e.secret = "session"
KeysHaveASecret == SecretFits("Client", client) /\ SecretFits("Server", server)

\* FAST-TLS-19: nothing is left of an acceptance.
AnonymousAllowed(e) ==
  Certain(config, "exchange", IF e.suite = "anonymous" THEN {"anonymous", "anonymous-beside"} ELSE {"anonymous"})
NothingLeft(e) ==
  CASE e.state \in {"AwaitServerKeyExchange", "AwaitCertificateRequest", "AwaitServerHelloDone"} ->
         e.secret = "none" /\ ~e.pending /\ e.resumed = "none" /\ ~(e.peerAuth /\ AnonymousAllowed(e))
    [] e.state \in {"AwaitClientCertificate", "AwaitClientKeyExchange", "AwaitClientKeyExchangeVerify"} ->
         e.secret = "none" /\ e.resumed = "none" /\ ~e.peerAuth
    [] e.state = "AwaitCertificateVerify" -> e.resumed = "none" /\ ~e.peerAuth
    [] e.state \in {"AwaitNewSessionTicket", "AwaitChangeCipherSpec", "AwaitFinished"} ->
         e.secret \notin {"pac", "otherPAC"} /\ e.resumed # "session-secret"
    [] OTHER -> TRUE
FallbackLeavesNoTrace == NothingLeft(client) /\ NothingLeft(server)

\* FAST-TLS-10.
PendingIsOneShot == client.pending => client.state = "AwaitServerFlight" /\ client.secret = "pac" /\ client.resumed = "none"

\* FAST-TLS-37, FAST-SEC-06, FAST-TLS-31.
Authenticated ==
  /\ client.state = "Established" /\ ~client.peerAuth => client.resumed = "none" /\ AnonymousAllowed(client)
  /\ server.state = "Established" /\ Possible(config, "clientAuth", {"require"}) =>
       CASE server.resumed = "none" -> server.peerAuth /\ server.cert = "good"
         [] server.resumed = "session-secret" -> Certain(config, "standsIn", {"on"})
         [] OTHER -> TRUE

\* TLS-ALERT-13.
QuietMeansEnded ==
  toClient = <<>> /\ toServer = <<>> /\ client.state # "Start" /\ ~lost => Ended(client) /\ Ended(server)

\* TLS-ALERT-13, FAST-TLS-33: on an unchanged wire a run ends with both sides
\* established, or with a fatal alert that one has sent and the other received.
EndsAlike ==
  toClient = <<>> /\ toServer = <<>> /\ Ended(client) /\ Ended(server) /\ budget = Budget =>
    \/ BothEstablished
    \/ {client.failure, server.failure} = {"sent alert", "received alert"}

-----------------------------------------------------------------------------
(* Properties of transitions.                                                *)

SentByClient == SubSeq(toServer', Len(toServer) + 1, Len(toServer'))
SentByServer == SubSeq(toClient', Len(toClient) + 1, Len(toClient'))
Sends(out, type) == \E i \in 1..Len(out) : out[i].type = type

\* FAST-TLS-10, -12, -20, -22: ChangeCipherSpec is taken only right after
\* ServerHello with a ticket pending, in an offered session's resumption, or
\* after the own Finished; by a server after ClientKeyExchange and
\* CertificateVerify, or after its own Finished.
CCSInPlace(e) ==
  \/ e.state \in {"AwaitChangeCipherSpec", "AwaitChangeCipherSpecAbbreviated"}
  \/ /\ e.state = "AwaitServerFlight"
     /\ \/ e.pending
        \/ ~e.promised /\ Certain(config', "ticket", {"session"}) /\ Certain(config', "sessionID", {"empty"})
ChangeCipherSpecInPlace ==
  [][ /\ ClientReceiveChangeCipherSpec => CCSInPlace(client)
      /\ ServerReceiveChangeCipherSpec => CCSInPlace(server) ]_vars

\* FAST-TLS-12, FAST-SEC-03.
AcceptanceAnswersAnOffer ==
  [][ /\ ServerReceiveClientHello /\ server'.resumed = "session-secret" =>
           /\ \/ server'.hello.ticket = "other-pac"
              \/ server'.hello.ticket = "same" /\ Certain(config', "ticket", {"pac"})
           /\ Certain(config', "serverCallback", {"accept"})
      /\ ClientReceiveChangeCipherSpec /\ client'.resumed = "session-secret" =>
           Certain(config', "ticket", {"pac"}) /\ Certain(config', "clientCallback", {"accept"}) ]_vars

\* FAST-TLS-16, FAST-TLS-36.
SuiteWasOffered ==
  [][ \A e \in {client', server'} :
        /\ e.state # "Failed" => e.suite \notin {"not-offered", "wrong-version", "not-implemented"}
        /\ e.resumed = "session-secret" /\ e.state # "Failed" =>
             e.suite # "anonymous" /\ ~(e.suite = "normal" /\ Certain(config', "exchange", {"anonymous"})) ]_vars

\* FAST-TLS-06, -07, -30: the echo is of the ID as the server has received it.
SessionIDEchoed == [][ServerReceiveClientHello => (server'.id = "echo") = (server'.resumed # "none")]_vars

\* FAST-TLS-08.
CachesLeftAlone ==
  [][ /\ ServerReceiveClientHello /\ (server'.hello.ticket \notin {"same", "stripped", "emptied"}
                                      \/ (server'.hello.ticket = "same" /\ Certain(config', "ticket", {"pac", "session"}))) =>
           server'.resumed # "session-id"
      /\ server.resumed = "session-secret" => server'.cached = server.cached /\ server'.added = server.added ]_vars

\* FAST-TLS-26, FAST-TLS-27.
NoNewSessionTicket ==
  [][ (/\ ServerReceiveClientHello \/ ServerReceiveFinished
       /\ ~Possible(config', "serverCallback", {"unset"}) \/ server'.resumed = "session-secret") =>
        ~server'.promised /\ ~Sends(SentByServer, "NewSessionTicket") ]_vars

\* FAST-TLS-28.
NewSessionTicketAsPromised ==
  [][ /\ ServerReceiveClientHello /\ server'.promised =>
           server'.hello.ticket \notin {"same", "stripped"}
           \/ (server'.hello.ticket = "same" /\ ~Possible(config', "ticket", {"absent"}))
      /\ ServerReceiveFinished /\ server.state = "AwaitFinished" /\ SentByServer # <<>> =>
           Sends(SentByServer, "NewSessionTicket") = server.promised ]_vars

\* FAST-TLS-17, FAST-SEC-03: where the callback is due, it has answered, and
\* what it has answered is done.
ServerCallbackWhenDue ==
  [][ ServerReceiveClientHello =>
        LET due == /\ \/ server'.hello.ticket \notin {"same", "stripped", "emptied"}
                      \/ server'.hello.ticket = "same" /\ Certain(config', "ticket", {"pac", "session"})
                   /\ ~Possible(config', "serverCallback", {"unset"})
                   /\ ~(Certain(config', "clientAuth", {"require"}) /\ Certain(config', "standsIn", {"off"}))
        IN /\ due => Certain(config', "serverCallback", {"accept"}) \/ Certain(config', "serverCallback", {"decline"})
           /\ server'.resumed = "session-secret" => due ]_vars

\* FAST-TLS-12.
ClientCallbackWhenDue ==
  [][ ClientReceiveServerHello =>
        client'.pending = (Certain(config', "ticket", {"pac"}) /\ Certain(config', "clientCallback", {"accept"})) ]_vars

\* FAST-TLS-23.
DataAfterFinished ==
  [][ /\ ClientSendApplicationData \/ ClientReceiveApplicationData => client.state = "Established"
      /\ ServerSendApplicationData \/ ServerReceiveApplicationData => server.state = "Established" ]_vars

\* FAST-TLS-21, FAST-TLS-22.
FinishedFollows(before, after, m) ==
  before.state \in {"AwaitFinished", "AwaitFinishedAbbreviated"} /\ after # before /\ after.state # "Failed" =>
    m.type = "Finished" /\ m.sealed /\ after.state = "Established"
FinishedFollowsChangeCipherSpec ==
  [][ /\ toClient # <<>> => FinishedFollows(client, client', Head(toClient))
      /\ toServer # <<>> => FinishedFollows(server, server', Head(toServer)) ]_vars

\* FAST-TLS-20: in a full handshake the client's Finished comes first, in a shortened one the server's.
FinishedInOrder ==
  [][ /\ client' # client /\ Sends(SentByClient, "Finished") =>
           IF client'.resumed = "none" THEN ClientReceiveServerHelloDone ELSE ClientReceiveFinished
      /\ server' # server /\ Sends(SentByServer, "Finished") =>
           IF server'.resumed = "none" THEN ServerReceiveFinished ELSE ServerReceiveClientHello ]_vars

\* FAST-SEC-05: each session has keys of its own.
RecordedNeverOpens ==
  [][ /\ client' # client /\ client.state # "Failed" /\ toClient # <<>> /\ toClient' # toClient =>
           (Head(toClient).origin = "recorded" /\ Head(toClient).sealed => client'.state = "Failed")
      /\ server' # server /\ server.state # "Failed" /\ toServer # <<>> /\ toServer' # toServer =>
           (Head(toServer).origin = "recorded" /\ Head(toServer).sealed => server'.state = "Failed") ]_vars

\* FAST-TLS-10: HelloRequest and warnings neither decide nor disarm.
WarningsChangeNothing ==
  [][ /\ ClientReceiveHelloRequest \/ ClientReceiveWarning => client' = client
      /\ ServerReceiveWarning => server' = server ]_vars

\* TLS-ALERT-13.
FailureIsFinal ==
  [][ /\ client.state = "Failed" => client' = client
      /\ ClientReject => client'.state = "Failed"
      /\ ServerReject \/ ServerReceiveFatalAlert =>
           server'.state = "Failed" /\ ~server'.added /\ ~(server'.resumed = "session-id" /\ server'.cached) ]_vars

\* TLS-ALERT-02: what does not open is answered with bad_record_mac.
AlertFits ==
  [][ /\ ClientReject /\ ReadProtected(client.state) /\ ~Head(toClient).sealed /\ SentByClient # <<>> =>
           SentByClient[1].body = "bad_record_mac"
      /\ ServerReject /\ ReadProtected(server.state) /\ ~Head(toServer).sealed /\ SentByServer # <<>> =>
           SentByServer[1].body = "bad_record_mac" ]_vars

\* TLS-BASE-26.
ResumptionKeepsEMS ==
  [][ ServerReceiveClientHello /\ server'.resumed \in {"session-id", "ticket"} =>
        /\ Certain(config', "sessionEMS", {"on"})
        /\ \A p \in config'.ems : p[2] # "off" /\ (server'.hello.ems = "same" => p[1] # "off")
        /\ server'.hello.ems # "off" ]_vars

\* FAST-TLS-27: under a PAC ServerHello has no SessionTicket extension.
ServerHelloExtensions ==
  [][ServerReceiveClientHello /\ server'.resumed = "session-secret" => ~server'.promised]_vars

\* FAST-TLS-09, -17, -18: on an unchanged wire a handshake fails only for a
\* reason that lies in its scenario, and with the alert that belongs to it.
NoCommonGround(hello) ==
  LET c == config'
      anonymous == Certain(c, "exchange", {"anonymous"})
      bad == Certain(c, "named", {"not-offered", "anonymous", "wrong-version", "not-implemented"})
  IN \/ \A p \in c.ems : (p[1] = "off" /\ p[2] = "required") \/ (p[1] = "required" /\ p[2] = "off")
     \/ hello /\ Certain(c, "sessionEMS", {"on"}) /\ \A p \in c.ems : p[1] = "off"
     \/ Certain(c, "serverCallback", {"accept"}) /\ Certain(c, "ticket", {"pac"}) /\ (bad \/ anonymous)
     \/ Certain(c, "clientAuth", {"require"}) /\ (anonymous \/ Certain(c, "clientCert", {"off"}))
RefusalDue(before, alert) ==
  LET c == config'
      broken == {"fail", "wrong-length"}
      accepted == server'.resumed = "session-secret"
  IN CASE alert = "internal_error" -> Certain(c, "clientCallback", broken) \/ Certain(c, "serverCallback", broken)
       [] alert = "unknown_ca" -> Certain(c, "trustRoot", {"off"})
       [] alert = "bad_record_mac" -> accepted /\ Certain(c, "keys", {"differ"}) /\ before.state = "AwaitFinishedAbbreviated"
       [] alert = "unexpected_message" -> Certain(c, "ticket", {"pac"}) /\ accepted /\ Certain(c, "clientCallback", {"unset"})
       [] alert = "handshake_failure" -> NoCommonGround(before.state = "AwaitClientHello")
       [] OTHER -> FALSE
NoNeedlessAlert ==
  [][ budget' = Budget =>
        /\ ClientReject => SentByClient # <<>> /\ RefusalDue(client, SentByClient[1].body)
        /\ ServerReject => SentByServer # <<>> /\ RefusalDue(server, SentByServer[1].body) ]_vars

\* FAST-TLS-09, -10, -11, -26: with a ticket pending, ChangeCipherSpec means
\* that it was accepted, Certificate or ServerKeyExchange that it was declined,
\* and all else ends the handshake. What the server would have sent to accept or
\* to decline is not refused.
NextMessageDecides ==
  [][ client.pending /\ client' # client =>
        \/ ClientReceiveChangeCipherSpec /\ client'.resumed = "session-secret" /\ ~client'.pending
        \/ /\ ClientReceiveCertificate \/ ClientReceiveServerKeyExchange
           /\ client'.resumed = "none" /\ ~client'.pending /\ client'.secret = "none"
        \/ ClientReject /\ (budget' = Budget => SentByClient # <<>> /\ RefusalDue(client, SentByClient[1].body))
        \/ client'.state = "Failed" /\ client'.failure # "sent alert" ]_vars

\* FAST-SEC-18: a message that leaves both endpoints as they are leaves less to be read.
ReadingLeavesLess ==
  [][ client' = client /\ server' = server /\ budget' = budget /\ taken' = {} =>
        Len(toClient') + Len(toServer') < Len(toClient) + Len(toServer) ]_vars

-----------------------------------------------------------------------------
(* Progress: under weak fairness of the endpoints every run ends.            *)

EndpointsNext ==
  \/ ClientStart
  \/ toClient # <<>> /\ (ClientReads(FALSE) \/ ClientReads(TRUE))
  \/ toServer # <<>> /\ (ServerReads(FALSE) \/ ServerReads(TRUE))
  \/ ClientSendApplicationData \/ ServerSendApplicationData \/ ClientTimeout \/ ServerTimeout
FairSpec == Spec /\ WF_vars(EndpointsNext)

Progress == <>[](Ended(client) /\ Ended(server))

=============================================================================
