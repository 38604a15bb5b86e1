--------------------------------- MODULE MC ---------------------------------
(* The scenarios of the configurations that TLC explores, for the .cfg files. *)
EXTENDS Properties

All == Everything

\* TLS 1.2 with a certificate and an ephemeral key exchange, AEAD suites, no
\* suite that the callback names: the course of a handshake under a PAC,
\* accepted or declined, and everything beside it.
Course ==
  [Everything EXCEPT !.named = {"none"}, !.clientVersion = {"1.2"}, !.serverVersion = {"1.2"}, !.exchange = {"ephemeral"},
                     !.mode = {"aead"}, !.clientAuth = {"off"}, !.trustRoot = {"on"}]

\* A signed key exchange and CBC suites, with every version on both sides.
SignedCBC == [Everything EXCEPT !.exchange = {"ephemeral"}, !.mode = {"cbc"}]

\* The same under TLS 1.2 alone.
SignedCBC12 == [SignedCBC EXCEPT !.clientVersion = {"1.2"}, !.serverVersion = {"1.2"}]

\* TLS 1.2 on both sides, with everything else.
Version12 == [Everything EXCEPT !.clientVersion = {"1.2"}, !.serverVersion = {"1.2"}]

\* Small enough to be chosen up front.
Small ==
  [Course EXCEPT !.serverTickets = {"on"}, !.preferred = {"none"}, !.clientEtM = {"off"}, !.serverEtM = {"off"},
                 !.clientCert = {"off"}, !.standsIn = {"off"}, !.sessionEMS = {"on"}, !.clientCallback = {"accept"},
                 !.ems = {<<"on", "on">>}]

\* Full handshakes whose two sides may take the key exchange for different ones:
\* RSA, with clients below and above the attacker's version, and anonymous suites
\* beside others.
FullRSA ==
  [Small EXCEPT !.exchange = {"rsa"}, !.clientVersion = {"1.0", "1.1", "1.2"}, !.serverVersion = {"1.1"}, !.ticket = {"absent"},
                !.serverCallback = {"unset"}]
FullAnonymousBeside == [Small EXCEPT !.exchange = {"anonymous-beside"}, !.ticket = {"absent"}, !.serverCallback = {"unset"}]

\* Without a callback on either side: plain TLS.
NoCallbacks == [Everything EXCEPT !.serverCallback = {"unset"}, !.clientCallback = {"unset"}]

=============================================================================
