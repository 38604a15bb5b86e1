/* Dining philosophers, as package bench's test has them in Go and Small.tla in
   TLA+: all three have the same states and transitions.

   spin -a small.pml && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -E -n */

#ifndef N
#define N 15
#endif

byte at[N];   /* 0 thinks, 1 has the left fork, 2 eats */
byte taken[N]; /* fork i lies between philosophers i-1 and i */

active [N] proctype Philosopher() {
  do
  :: d_step { at[_pid] == 0 && taken[_pid] == 0 -> taken[_pid] = 1; at[_pid] = 1 }
  :: d_step { at[_pid] == 1 && taken[(_pid + 1) % N] == 0 -> taken[(_pid + 1) % N] = 1; at[_pid] = 2 }
  :: d_step { at[_pid] == 2 -> taken[_pid] = 0; taken[(_pid + 1) % N] = 0; at[_pid] = 0 }
  od
}
