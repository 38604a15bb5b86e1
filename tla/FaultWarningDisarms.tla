------------------------- MODULE FaultWarningDisarms ------------------------
(* Must violate WarningsChangeNothing. A warning or HelloRequest after     *)
(* ServerHello uses up the leave to take ChangeCipherSpec.                 *)
EXTENDS MC
=============================================================================
