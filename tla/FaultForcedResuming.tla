------------------------- MODULE FaultForcedResuming ------------------------
(* Must violate NoNeedlessAlert. Setting the callback empties the Session  *)
(* ID and spoils the session's own ticket.                                 *)
EXTENDS MC
=============================================================================
