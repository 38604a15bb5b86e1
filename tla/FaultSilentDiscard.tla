------------------------- MODULE FaultSilentDiscard -------------------------
(* Must violate QuietMeansEnded. A client says nothing to a message that   *)
(* is out of place.                                                        *)
EXTENDS MC
=============================================================================
