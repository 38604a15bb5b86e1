----------------------------- MODULE MCProgress -----------------------------
(* Every run ends, under weak fairness of the endpoints.                   *)
EXTENDS MC
=============================================================================
