// Package explain reads a capture of EAP-FAST over RADIUS and says who deviated,
// where and why.
//
// Use [Capture]: it takes a pcap or pcapng file and returns one [Report] for
// each conversation in it, with the conversation as text and a diagnosis of one
// line. What is said in the tunnel is read where there are keys to it: in the
// capture itself, in a key log, or the PAC that opened it.
//
// The first phase is walked along the model, message by message. Where the model
// has something else, that is told, and which profile does the same.
package explain
