----------------------------- MODULE MCEphemeral ----------------------------
(* One move of the attacker, with a signed key exchange and CBC suites,    *)
(* and every version on both sides.                                        *)
EXTENDS MC
=============================================================================
