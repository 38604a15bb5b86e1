--------------------------- MODULE FaultEarlyData ---------------------------
(* Must violate DataAfterFinished. A server sends application data under a *)
(* PAC before the client's Finished.                                       *)
EXTENDS MC
=============================================================================
