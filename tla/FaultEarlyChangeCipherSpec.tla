--------------------- MODULE FaultEarlyChangeCipherSpec ---------------------
(* Must violate ChangeCipherSpecInPlace. ChangeCipherSpec is taken         *)
(* wherever it comes, before there is a secret.                            *)
EXTENDS MC
=============================================================================
