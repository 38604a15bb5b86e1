-------------------- MODULE FaultChangeCipherSpecRefused --------------------
(* Must violate NextMessageDecides. ChangeCipherSpec right after           *)
(* ServerHello is refused although a ticket is pending.                    *)
EXTENDS MC
=============================================================================
