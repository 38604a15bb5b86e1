------------------------ MODULE FaultWarningPingPong ------------------------
(* Must violate ReadingLeavesLess. A warning alert is answered with the    *)
(* same warning.                                                           *)
EXTENDS MC
=============================================================================
