------------------------ MODULE FaultReplacesSession ------------------------
(* Must violate ClientCallbackWhenDue. A client drops the callback's       *)
(* secret when its Session ID is not repeated.                             *)
EXTENDS MC
=============================================================================
