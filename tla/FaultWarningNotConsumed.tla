----------------------- MODULE FaultWarningNotConsumed ----------------------
(* Must violate Progress. A warning alert is read again and again.         *)
EXTENDS MC
=============================================================================
