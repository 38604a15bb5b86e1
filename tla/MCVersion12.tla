----------------------------- MODULE MCVersion12 ----------------------------
(* One move of the attacker, with TLS 1.2 on both sides and everything     *)
(* else: the largest of those that are run by default.                     *)
EXTENDS MC
=============================================================================
