---------------------------- MODULE MCRefinement ----------------------------
(* Without a callback on either side Sesame is plain TLS.                    *)
EXTENDS MC

\* What plain TLS knows of an endpoint and of a message.
PlainSide(e) ==
  [state |-> e.state, secret |-> e.secret, resumed |-> e.resumed, failure |-> e.failure, suite |-> e.suite, id |-> e.id,
   peerAuth |-> e.peerAuth, promised |-> e.promised, cert |-> e.cert, sent |-> e.sent, got |-> e.got,
   cached |-> e.cached, added |-> e.added]
PlainMessage(m) == CASE m.type = "Alert" -> m.body
                     [] m.body = "empty" -> "EmptyCertificate"
                     [] OTHER -> m.type
PlainStream(q) == [i \in 1..Len(q) |-> PlainMessage(q[i])]

T == INSTANCE TLS WITH client <- PlainSide(client), server <- PlainSide(server),
                       toClient <- PlainStream(toClient), toServer <- PlainStream(toServer), config <- config

Refinement == T!Start(Scenarios) /\ [][T!Next]_(T!vars)

\* Negative controls: with either callback set, it is not.
OnlyServer == [Everything EXCEPT !.clientCallback = {"unset"}]
OnlyClient == [Everything EXCEPT !.serverCallback = {"unset"}]

=============================================================================
