------------------------------ MODULE Scenario ------------------------------
(* The configuration space: all that both endpoints were told before the     *)
(* handshake began, and how a part of it is chosen when it matters.          *)
(*                                                                           *)
(* A configuration holds, for each dimension, the set of values that are     *)
(* still possible. A step that depends on a dimension asks about it, and so  *)
(* splits that set: what never matters costs no states.                      *)
EXTENDS Naturals, Sequences, FiniteSets, TLC

\* All scenarios. The pairs of ems are the client's setting and the server's.
Everything ==
  [ serverCallback |-> {"unset", "accept", "decline", "fail", "wrong-length"},
    clientCallback |-> {"unset", "accept", "fail", "wrong-length"}, \* it cannot decline
    ticket         |-> {"absent", "empty", "pac", "session"},
    keys           |-> {"agree", "differ"},             \* both callbacks hold the same PAC key or not
    sessionID      |-> {"empty", "fresh", "cached"},
    named          |-> {"none", "offered", "not-offered", "not-own", "anonymous", "wrong-version", "not-implemented"},
    preferred      |-> {"none", "offered", "not-offered"}, \* recorded only
    serverTickets  |-> {"off", "on"},
    clientVersion  |-> {"1.0", "1.1", "1.2"},
    serverVersion  |-> {"1.0", "1.1", "1.2"},
    ems            |-> {"off", "on", "required"} \X {"off", "on", "required"},
    clientEtM      |-> {"off", "on"},
    serverEtM      |-> {"off", "on"},
    exchange       |-> {"rsa", "ephemeral", "anonymous", "anonymous-beside"},
    clientAuth     |-> {"off", "request", "require"},
    clientCert     |-> {"off", "on"},
    standsIn       |-> {"off", "on"},                   \* a PAC stands in for a required client certificate
    trustRoot      |-> {"off", "on"},
    mode           |-> {"aead", "cbc"},
    sessionEMS     |-> {"off", "on"} ]

-----------------------------------------------------------------------------
(* Pairs of values that make no scenario.                                    *)

\* With a callback set, an empty SessionTicket extension is never sent.
CallbackGoesWith(ticket, callback) == ~(ticket = "empty" /\ callback # "unset")

\* Beside a PAC no session is offered.
\* RFC 5077, Section 3.4: a Session ID of the client's making accompanies a ticket.
IDGoesWith(ticket, id) ==
  /\ ~(ticket = "pac" /\ id = "cached")
  /\ ~(ticket \in {"absent", "empty"} /\ id = "fresh")

ExchangeGoesWith(named, exchange) ==
  /\ ~(named = "anonymous" /\ exchange \in {"rsa", "ephemeral"})
  /\ ~(named \in {"offered", "not-own"} /\ exchange = "anonymous")

\* A suite of the wrong version is an AEAD suite that a client of TLS 1.2 offers to an older server.
ServerVersionGoesWith(named, version) == ~(named = "wrong-version" /\ version = "1.2")
ClientVersionGoesWith(named, version) == ~(named = "wrong-version" /\ version # "1.2")

\* Removes the values that no scenario of c has. The pairs above form two stars,
\* so that one way in and one way out is enough.
SettleTicket(c) ==
  LET t == {v \in c.ticket : /\ \E p \in c.clientCallback : CallbackGoesWith(v, p)
                             /\ \E i \in c.sessionID : IDGoesWith(v, i)}
  IN [c EXCEPT !.ticket = t,
               !.clientCallback = {p \in @ : \E v \in t : CallbackGoesWith(v, p)},
               !.sessionID = {i \in @ : \E v \in t : IDGoesWith(v, i)}]

SettleNamed(c) ==
  LET n == {v \in c.named : /\ \E e \in c.exchange : ExchangeGoesWith(v, e)
                            /\ \E s \in c.serverVersion : ServerVersionGoesWith(v, s)
                            /\ \E k \in c.clientVersion : ClientVersionGoesWith(v, k)}
  IN [c EXCEPT !.named = n,
               !.exchange = {e \in @ : \E v \in n : ExchangeGoesWith(v, e)},
               !.serverVersion = {s \in @ : \E v \in n : ServerVersionGoesWith(v, s)},
               !.clientVersion = {k \in @ : \E v \in n : ClientVersionGoesWith(v, k)}]

Settle(c) == SettleNamed(SettleTicket(c))

\* c with no more than these values of dimension d.
Narrow(c, d, values) ==
  LET n == [c EXCEPT ![d] = values]
  IN CASE d \in {"ticket", "clientCallback", "sessionID"} -> SettleTicket(n)
       [] d \in {"named", "exchange", "serverVersion", "clientVersion"} -> SettleNamed(n)
       [] OTHER -> n

\* Every scenario of c by itself.
RECURSIVE Single(_)
Single(c) ==
  LET open == {d \in DOMAIN c : Cardinality(c[d]) > 1}
  IN IF open = {} THEN {c}
     ELSE LET d == CHOOSE x \in open : TRUE
          IN UNION {Single(Narrow(c, d, {v})) : v \in c[d]}

-----------------------------------------------------------------------------
(* Questions. An answer says what is so, and in which configurations.        *)

Answer(c, what) == {[is |-> what, in |-> c]}
Yes(c) == Answer(c, TRUE)
No(c)  == Answer(c, FALSE)

\* Does dimension d have one of these values?
Ask(c, d, values) ==
  LET yes == c[d] \cap values
      no  == c[d] \ values
  IN CASE yes = {} -> No(c)
       [] no = {}  -> Yes(c)
       [] OTHER    -> Yes(Narrow(c, d, yes)) \cup No(Narrow(c, d, no))

\* Which value does dimension d have?
Pick(c, d) == UNION {Answer(Narrow(c, d, {v}), v) : v \in c[d]}

Not(A) == {[is |-> ~a.is, in |-> a.in] : a \in A}
And(A, B(_)) == UNION {IF a.is THEN B(a.in) ELSE {a} : a \in A}
Or(A, B(_))  == UNION {IF a.is THEN {a} ELSE B(a.in) : a \in A}

\* What follows if the answer is yes, and what otherwise.
If(A, Then(_), Else(_)) == UNION {IF a.is THEN Then(a.in) ELSE Else(a.in) : a \in A}

\* A check is an answer too: "fine", or the alert that is due.
Fine(c) == Answer(c, "fine")
Refuse(c, alert) == Answer(c, alert)
Check(A, Next(_)) == UNION {IF a.is = "fine" THEN Next(a.in) ELSE {a} : a \in A}

-----------------------------------------------------------------------------
(* Versions.                                                                 *)

Minor(v) == CASE v = "ssl3" -> 0 [] v = "1.0" -> 1 [] v = "1.1" -> 2 [] v = "1.2" -> 3
Older(v, w) == Minor(v) < Minor(w)
Lower(v, w) == IF Older(v, w) THEN v ELSE w

=============================================================================
