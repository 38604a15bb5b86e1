---------------------------- MODULE MCProperties0 ---------------------------
(* All properties of states and transitions, without an attacker.          *)
EXTENDS MC
=============================================================================
