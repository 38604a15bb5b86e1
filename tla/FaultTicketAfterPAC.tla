------------------------- MODULE FaultTicketAfterPAC ------------------------
(* Must violate NoNewSessionTicket. An accepted PAC is followed by         *)
(* NewSessionTicket.                                                       *)
EXTENDS MC
=============================================================================
