------------------------------ MODULE MCCourse ------------------------------
(* One move of the attacker, and the course of a handshake under a PAC.    *)
EXTENDS MC
=============================================================================
