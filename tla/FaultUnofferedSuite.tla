------------------------- MODULE FaultUnofferedSuite ------------------------
(* Must violate SuiteWasOffered. The suite that the callback names is used *)
(* unchecked.                                                              *)
EXTENDS MC
=============================================================================
