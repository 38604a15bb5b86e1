// Package eap is the rung that holds impl/fast and impl/radius against hostap's
// hostapd and eapol_test, over RADIUS on the loopback interface.
//
// [Cases] are the runs: each is a conversation of several steps that share a PAC
// file, and runs twice, with Sesame as the server and eapol_test as the peer,
// and with Sesame as the peer and hostapd as the server.
package eap
