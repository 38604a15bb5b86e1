-------------------------------- MODULE MCTLS -------------------------------
(* Plain TLS by itself, to count its states and transitions.                 *)
EXTENDS TLS

NoCallbacks == Settle([Everything EXCEPT !.serverCallback = {"unset"}, !.clientCallback = {"unset"}])

Spec == Start(NoCallbacks) /\ [][Next]_vars

=============================================================================
