--------------------- MODULE FaultStickyChangeCipherSpec --------------------
(* Must violate PendingIsOneShot. The leave to take ChangeCipherSpec       *)
(* outlives the message that declines the ticket.                          *)
EXTENDS MC
=============================================================================
