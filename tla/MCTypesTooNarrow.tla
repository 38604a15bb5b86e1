-------------------------- MODULE MCTypesTooNarrow --------------------------
(* Must violate TypeOK. The types of plain TLS have no secret of the       *)
(* callback.                                                               *)
EXTENDS MC

SecretsOfTLS == {"none", "session", "kx"}

=============================================================================
