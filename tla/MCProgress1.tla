----------------------------- MODULE MCProgress1 ----------------------------
(* Every run ends, under weak fairness of the endpoints and with one move  *)
(* of the attacker.                                                        *)
EXTENDS MC
=============================================================================
