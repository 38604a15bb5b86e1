------------------------- MODULE FaultSessionMisses -------------------------
(* Must violate NoNeedlessAlert. A client that offers a session's ticket   *)
(* takes the handshake for a resumption, whatever follows.                 *)
EXTENDS MC
=============================================================================
