----------------------- MODULE FaultFinishedUnverified ----------------------
(* Must violate ServerEstablishedWithClient. verify_data is not compared.  *)
EXTENDS MC
=============================================================================
