------------------- MODULE FaultPeerAuthenticatedSurvives -------------------
(* Must violate FallbackLeavesNoTrace. A client counts its peer as         *)
(* authenticated once the callback has succeeded, also after a fallback.   *)
EXTENDS MC
=============================================================================
