---------------------- MODULE FaultClientFinishedFirst ----------------------
(* Must violate FinishedInOrder. Under a PAC the client sends              *)
(* ChangeCipherSpec and Finished as soon as it has read ChangeCipherSpec.  *)
EXTENDS MC
=============================================================================
