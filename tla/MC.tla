--------------------------------- MODULE MC ---------------------------------
(* The configurations that TLC explores: each .cfg takes its scenarios here. *)
EXTENDS Sesame

All == Everything

=============================================================================
