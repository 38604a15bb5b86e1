-------------------------- MODULE FaultAnonymousPAC -------------------------
(* Must violate SuiteWasOffered. An anonymous suite is chosen, and taken,  *)
(* under a PAC.                                                            *)
EXTENDS MC
=============================================================================
