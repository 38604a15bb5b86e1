-------------------------- MODULE FaultSilentCrash --------------------------
(* Must violate QuietMeansEnded. Accepting without naming a suite ends the *)
(* server without a word.                                                  *)
EXTENDS MC
=============================================================================
