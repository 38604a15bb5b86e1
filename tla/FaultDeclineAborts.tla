------------------------- MODULE FaultDeclineAborts -------------------------
(* Must violate NoNeedlessAlert. A server whose callback declines ends the *)
(* handshake.                                                              *)
EXTENDS MC
=============================================================================
