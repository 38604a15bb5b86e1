------------------------------- MODULE Small -------------------------------
(* Dining philosophers, as small.pml has them in Promela and package bench's *)
(* test in Go: all three have the same states and transitions.               *)
EXTENDS Naturals

CONSTANT N

VARIABLES at, taken

Philosophers == 0 .. N - 1
Right(p) == (p + 1) % N

Init == /\ at = [p \in Philosophers |-> 0]
        /\ taken = [p \in Philosophers |-> 0]

Take(p) == /\ at[p] = 0 /\ taken[p] = 0
           /\ at' = [at EXCEPT ![p] = 1]
           /\ taken' = [taken EXCEPT ![p] = 1]

Eat(p) == /\ at[p] = 1 /\ taken[Right(p)] = 0
          /\ at' = [at EXCEPT ![p] = 2]
          /\ taken' = [taken EXCEPT ![Right(p)] = 1]

Think(p) == /\ at[p] = 2
            /\ at' = [at EXCEPT ![p] = 0]
            /\ taken' = [taken EXCEPT ![p] = 0, ![Right(p)] = 0]

Next == \E p \in Philosophers : Take(p) \/ Eat(p) \/ Think(p)
=============================================================================
