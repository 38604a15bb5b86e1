---------------------- MODULE FaultLooksUpBesideTicket ----------------------
(* Must violate CachesLeftAlone. Beside a declined ticket the Session ID   *)
(* is looked up.                                                           *)
EXTENDS MC
=============================================================================
