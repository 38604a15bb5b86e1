------------------------ MODULE FaultForgetsSessionID -----------------------
(* Must violate Agreement. The transcript leaves the Session ID out.       *)
EXTENDS MC
=============================================================================
