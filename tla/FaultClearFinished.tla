------------------------- MODULE FaultClearFinished -------------------------
(* Must violate FinishedFollowsChangeCipherSpec. After ChangeCipherSpec a  *)
(* client still takes a Finished in the clear.                             *)
EXTENDS MC
=============================================================================
