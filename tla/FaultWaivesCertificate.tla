----------------------- MODULE FaultWaivesCertificate -----------------------
(* Must violate Authenticated. A ticket is accepted where a client         *)
(* certificate is required.                                                *)
EXTENDS MC
=============================================================================
