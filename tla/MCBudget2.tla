------------------------------ MODULE MCBudget2 -----------------------------
(* Two moves of the attacker, with a signed key exchange and CBC suites    *)
(* under TLS 1.2. This takes longer.                                       *)
EXTENDS MC
=============================================================================
