------------------------- MODULE MCRefinementClient -------------------------
(* Must violate Refinement. With a callback on the client's side Sesame is *)
(* not plain TLS.                                                          *)
EXTENDS MCRefinement
=============================================================================
