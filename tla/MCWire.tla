------------------------------- MODULE MCWire -------------------------------
(* The same as MCCourse, but that the attacker never plays an endpoint's   *)
(* part.                                                                   *)
EXTENDS MC
=============================================================================
