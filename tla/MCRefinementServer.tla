------------------------- MODULE MCRefinementServer -------------------------
(* Must violate Refinement. With a callback on the server's side Sesame is *)
(* not plain TLS.                                                          *)
EXTENDS MCRefinement
=============================================================================
