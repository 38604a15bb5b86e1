--------------------- MODULE FaultCallbackWithoutTicket ---------------------
(* Must violate AcceptanceAnswersAnOffer. The callback is called, and      *)
(* believed, without a ticket.                                             *)
EXTENDS MC
=============================================================================
