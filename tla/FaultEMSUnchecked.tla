-------------------------- MODULE FaultEMSUnchecked -------------------------
(* Must violate ResumptionKeepsEMS. A session is resumed whether or not it *)
(* was made with extended_master_secret.                                   *)
EXTENDS MC
=============================================================================
