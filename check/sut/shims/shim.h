/*
 * shim.h: what a program that drives a TLS library for Sesame needs besides that library: options, lists, a socket.
 * SPDX-License-Identifier: CC0-1.0
 *
 * The program defines can, begin(), run() and hmac_sha1(). With arguments NAME=VALUE it makes one connection; without,
 * one for each line of them on standard input. It writes lines of JSON: a greeting; {"port":…} if it is told to listen;
 * and a verdict for each connection, which begins with verdict(). The protocol: docs/shim.md.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char can[];        /* the capabilities, as a JSON list without its brackets */
static const char *begin(void); /* once; returns the library's name and version */
static void run(void);          /* one connection, by the options */
static void hmac_sha1(const unsigned char *key, int n, const unsigned char *in, int len, unsigned char *out);

static char *options[64]; /* NAME=VALUE */
static int option_count;

static const char *opt(const char *name) {
	size_t n = strlen(name);
	for (int i = 0; i < option_count; i++)
		if (strncmp(options[i], name, n) == 0 && options[i][n] == '=') return options[i] + n + 1;
	return "";
}

static int is(const char *name, const char *value) { return strcmp(opt(name), value) == 0; }

static int unhex(const char *s, unsigned char *out, int room) {
	int n = 0;
	for (unsigned v; n < room && sscanf(s, "%2x", &v) == 1; s += 2) out[n++] = v;
	return n;
}

/* The next suite of the option suites= after *at, -1 after the last. */
static int next_suite(const char **at) {
	char *end;
	if (!**at) return -1;
	int id = strtol(*at, &end, 16);
	*at = *end == ',' ? end + 1 : "";
	return id;
}

/* RFC 4851, Sections 5.1 and 5.5: T-PRF(PAC-Key, label, server_random || client_random, 48). */
static void session_secret(const unsigned char server_random[32], const unsigned char client_random[32], unsigned char *out) {
	static const char label[] = "PAC to master secret label hash"; /* with its final 0x00 */
	unsigned char key[256], in[20 + sizeof label + 64 + 3], mac[20], *seed = in + 20 + sizeof label;
	int n = unhex(opt("pac_key"), key, sizeof key);
	memcpy(in + 20, label, sizeof label);
	memcpy(seed, server_random, 32), memcpy(seed + 32, client_random, 32);
	seed[64] = 0, seed[65] = 48;
	for (int i = 0, skip = 20; i < 3; i++, skip = 0) {
		seed[66] = i + 1;
		hmac_sha1(key, n, in + skip, sizeof in - skip, mac);
		memcpy(in, mac, 20), memcpy(out + 20 * i, mac, i < 2 ? 20 : 8);
	}
}

/* Octet i of the client's data is i mod 251. */
static const unsigned char *data(void) {
	static unsigned char want[65536];
	for (int i = 0; i < (int)sizeof want; i++) want[i] = i % 251;
	return want;
}

/* Begins a verdict; the library's words for why it failed are left to the caller. */
static void verdict(void) { printf("{\"connection\":%d,", atoi(opt("connection"))); }

/* Ends it for a library that cannot be what the option asks for. */
static void refuse(const char *option) { verdict(), printf("\"refused\":\"%s\"}\n", option), fflush(stdout); }

/* Appends to a JSON list without its brackets, which has room for 4096 octets. */
static void add(char *list, const char *format, int a, int b) {
	size_t n = strlen(list);
	if (n > 4000) return;
	if (n > 0) list[n++] = ',';
	snprintf(list + n, 96, format, a, b);
}

static int stream(const char *at, int listens) {
	struct timeval limit = {*opt("timeout") ? atoi(opt("timeout")) : 10, 0};
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t n = sizeof a;
	char ip[32];
	int port, one = 1, fd = socket(AF_INET, SOCK_STREAM, 0), conn = -1;
	if (sscanf(at, "%31[0-9.]:%d", ip, &port) != 2 || inet_pton(AF_INET, ip, &a.sin_addr) != 1) return close(fd), -1;
	a.sin_port = htons(port);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit); /* bounds accept, too */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (!listens) return connect(fd, (void *)&a, n) == 0 ? fd : (close(fd), -1);
	if (bind(fd, (void *)&a, n) == 0 && listen(fd, 1) == 0 && getsockname(fd, (void *)&a, &n) == 0) {
		printf("{\"port\":%d}\n", ntohs(a.sin_port)), fflush(stdout);
		conn = accept(fd, NULL, NULL);
		setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	}
	close(fd);
	return conn;
}

/* The socket that the options listen= or connect= ask for, -1 if there is none. */
static int transport(void) {
	int one = 1, fd = *opt("listen") ? stream(opt("listen"), 1) : stream(opt("connect"), 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

/* Waits until the other end has closed, so that no reset overtakes the last alert. */
static void leave(int fd) {
	char rest[4096];
	shutdown(fd, SHUT_WR);
	while (read(fd, rest, sizeof rest) > 0) continue;
	close(fd);
}

int main(int argc, char **argv) {
	static char line[200000];
	signal(SIGPIPE, SIG_IGN);
	printf("{\"shim\":1,\"library\":\"%s\",\"can\":[%s]}\n", begin(), can), fflush(stdout);
	for (; option_count < argc - 1 && option_count < 64; option_count++) options[option_count] = argv[option_count + 1];
	if (argc > 1) return run(), 0;
	while (fgets(line, sizeof line, stdin)) {
		option_count = 0;
		for (char *p = strtok(line, " \n"); p && option_count < 64; p = strtok(NULL, " \n")) options[option_count++] = p;
		run();
	}
	return 0;
}
