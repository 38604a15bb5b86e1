----------------------------- MODULE FaultNoEcho ----------------------------
(* Must violate SessionIDEchoed. An accepted ticket is answered with a     *)
(* fresh Session ID.                                                       *)
EXTENDS MC
=============================================================================
