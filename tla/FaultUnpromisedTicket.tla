------------------------ MODULE FaultUnpromisedTicket -----------------------
(* Must violate NewSessionTicketAsPromised. NewSessionTicket is sent       *)
(* without the extension in ServerHello.                                   *)
EXTENDS MC
=============================================================================
