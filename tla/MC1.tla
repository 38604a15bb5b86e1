--------------------------------- MODULE MC1 --------------------------------
(* Every scenario, and one move of the attacker. This takes its time.      *)
EXTENDS MC
=============================================================================
