--------------------------------- MODULE MC ---------------------------------
(* The scenarios of the configurations that TLC explores, for the .cfg files. *)
EXTENDS Properties

All == Everything

\* TLS 1.2 with a certificate and an ephemeral key exchange, AEAD suites, no
\* callback that fails and no suite that it names: the course of a handshake
\* under a PAC, accepted or declined, and everything beside it.
Course ==
  [Everything EXCEPT !.named = {"none"}, !.clientVersion = {"1.2"}, !.serverVersion = {"1.2"}, !.exchange = {"ephemeral"},
                     !.mode = {"aead"}, !.clientAuth = {"off"}, !.trustRoot = {"on"}]

=============================================================================
