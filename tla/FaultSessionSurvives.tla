------------------------ MODULE FaultSessionSurvives ------------------------
(* Must violate FailureIsFinal. A session whose connection ends with a     *)
(* fatal alert can be resumed.                                             *)
EXTENDS MC
=============================================================================
