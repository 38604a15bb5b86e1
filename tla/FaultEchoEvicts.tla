--------------------------- MODULE FaultEchoEvicts --------------------------
(* Must violate CachesLeftAlone. A handshake under a PAC that fails        *)
(* removes the session under the echoed ID.                                *)
EXTENDS MC
=============================================================================
