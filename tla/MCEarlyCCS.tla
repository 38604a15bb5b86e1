----------------------------- MODULE MCEarlyCCS -----------------------------
(* ChangeCipherSpec is taken only where it belongs, with one move of the   *)
(* attacker.                                                               *)
EXTENDS MC
=============================================================================
