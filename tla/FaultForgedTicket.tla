-------------------------- MODULE FaultForgedTicket -------------------------
(* Must violate AcceptanceAnswersAnOffer. A ticket that does not open is   *)
(* accepted.                                                               *)
EXTENDS MC
=============================================================================
