------------------------ MODULE FaultCallbackSkipped ------------------------
(* Must violate ServerCallbackWhenDue. A set callback is not asked about a *)
(* ticket.                                                                 *)
EXTENDS MC
=============================================================================
