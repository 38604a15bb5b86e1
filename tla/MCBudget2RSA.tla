---------------------------- MODULE MCBudget2RSA ----------------------------
(* Two moves of the attacker, and RSA key exchange, whose premaster secret *)
(* holds the client's version.                                             *)
EXTENDS MC
=============================================================================
