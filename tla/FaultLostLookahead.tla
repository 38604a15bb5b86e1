------------------------- MODULE FaultLostLookahead -------------------------
(* Must violate ClientCallbackWhenDue. A client whose callback succeeds    *)
(* takes the handshake for a shortened one, whatever follows.              *)
EXTENDS MC
=============================================================================
