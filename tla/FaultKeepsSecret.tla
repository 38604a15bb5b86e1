-------------------------- MODULE FaultKeepsSecret --------------------------
(* Must violate FallbackLeavesNoTrace. The callback's secret stays in      *)
(* force in the full handshake after a declined ticket.                    *)
EXTENDS MC
=============================================================================
