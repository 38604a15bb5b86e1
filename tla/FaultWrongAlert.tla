--------------------------- MODULE FaultWrongAlert --------------------------
(* Must violate NoNeedlessAlert. A record that does not open is answered   *)
(* with decrypt_error.                                                     *)
EXTENDS MC
=============================================================================
