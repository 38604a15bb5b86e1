------------------------------ MODULE MCUpFront -----------------------------
(* A small part of the scenarios, each chosen in its initial state rather  *)
(* than when it matters.                                                   *)
EXTENDS MC
=============================================================================
