---------------------------- MODULE MCProperties1 ---------------------------
(* All properties of states and transitions, with one move of the          *)
(* attacker.                                                               *)
EXTENDS MC
=============================================================================
