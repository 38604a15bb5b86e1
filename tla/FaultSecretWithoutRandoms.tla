---------------------- MODULE FaultSecretWithoutRandoms ---------------------
(* Must violate RecordedNeverOpens. Secret, keys and Finished under a PAC  *)
(* do not depend on the randoms.                                           *)
EXTENDS MC
=============================================================================
