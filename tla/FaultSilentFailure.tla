------------------------- MODULE FaultSilentFailure -------------------------
(* Must violate NoNeedlessAlert. A client whose callback fails ends the    *)
(* handshake without an alert.                                             *)
EXTENDS MC
=============================================================================
