------------------------- MODULE MCBudget2Anonymous -------------------------
(* Two moves of the attacker, and a client that offers anonymous suites     *)
(* beside others.                                                          *)
EXTENDS MC
=============================================================================
