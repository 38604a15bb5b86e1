/*
 * wolfssl.c: one end of a TLS connection, on wolfSSL's session-secret callback. SPDX-License-Identifier: CC0-1.0
 *
 * Compiles against wolfSSL 5.7 to 5.9 built with WOLFSSL_WPAS: cc -o wolfssl wolfssl.c libwolfssl.a -lm -lpthread. How it is
 * run: shim.h. The callback's convention is the reverse of libssl's: 0 is success, and the secret has 48 octets.
 */
#include "shim.h"
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/error-ssl.h>
#include <wolfssl/wolfcrypt/hmac.h>

static const char can[] = "\"client\",\"server\",\"callback\",\"length\",\"session-id\",\"ticket\",\"client-auth\",\"ems-off\"";
static WOLFSSL_CTX *ctx;
static WOLFSSL_SESSION *sessions[65536]; /* by the words that they were given */
static int session_count;
static struct { /* what one connection showed */
	char tickets[4096];
	unsigned char ticket[65536];
	int calls, room, ticket_length;
} seen;

static void hmac_sha1(const unsigned char *key, int n, const unsigned char *in, int len, unsigned char *out) {
	Hmac h;
	wc_HmacInit(&h, NULL, INVALID_DEVID), wc_HmacSetKey(&h, WC_SHA, key, n);
	wc_HmacUpdate(&h, in, len), wc_HmacFinal(&h, out), wc_HmacFree(&h);
}

static int on_secret(WOLFSSL *s, void *secret, int *len, void *arg) {
	static unsigned char only[65536];
	unsigned char randoms[2][32], all[48];
	int n = unhex(opt("pac_opaque"), only, sizeof only);
	seen.calls++, seen.room = *len;
	if (is("callback", "decline")) return -1;
	if (wolfSSL_is_server(s) && n > 0 && !(is("absent", "accept") && seen.ticket_length == 0) && (n != seen.ticket_length || memcmp(only, seen.ticket, n) != 0)) return -1;
	wolfSSL_get_server_random(s, randoms[0], 32), wolfSSL_get_client_random(s, randoms[1], 32);
	session_secret(randoms[0], randoms[1], all);
	memcpy(secret, all, sizeof all);
	if (!is("callback", "untouched")) *len = is("callback", "accept") ? 48 : atoi(opt("callback"));
	return 0;
}

static int on_ticket(WOLFSSL *s, const unsigned char *data, int len, void *arg) {
	if (len > 0 && len <= (int)sizeof seen.ticket) memcpy(seen.ticket, data, seen.ticket_length = len);
	add(seen.tickets, "%d", len, 0);
	return 1;
}

static const char *suites(void) {
	static char list[4096];
	const char *at = opt("suites");
	list[0] = 0;
	for (int id; (id = next_suite(&at)) >= 0 && strlen(list) < sizeof list - 100;) {
		const char *name = wolfSSL_get_cipher_name_from_suite(id >> 8, id & 255);
		if (!name || strcmp(name, "NONE") == 0) continue;
		if (list[0]) strcat(list, ":");
		strcat(list, name);
	}
	return list;
}

/* Returns the option that wolfSSL refuses, NULL if none. */
static const char *configure(WOLFSSL *s) {
	static unsigned char b[65536];
	int client = is("role", "client"), callback = *opt("callback") && !is("callback", "unset");
	if (atoi(opt("max")) != 771) return "max"; /* nothing older is built, and 1.3 is another protocol */
	if (*opt("named")) return "named";
	if (*opt("alpn")) return "alpn";
	if (*opt("suites") && wolfSSL_set_cipher_list(s, suites()) != WOLFSSL_SUCCESS) return "suites";
	if (*opt("cert") && wolfSSL_use_certificate_chain_file(s, opt("cert")) != WOLFSSL_SUCCESS) return "cert";
	if (*opt("pkey") && wolfSSL_use_PrivateKey_file(s, opt("pkey"), WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS) return "pkey";
	if (*opt("ca")) wolfSSL_CTX_UnloadCAs(ctx); /* those of the connections before */
	if (*opt("ca") && wolfSSL_CTX_load_verify_locations(ctx, opt("ca"), NULL) != WOLFSSL_SUCCESS) return "ca";
	if (is("ems", "off") && wolfSSL_DisableExtendedMasterSecret(s) != WOLFSSL_SUCCESS) return "ems";
	if (is("tickets", "off")) wolfSSL_NoTicketTLSv12(s);
	else if (client && wolfSSL_UseSessionTicket(s) != WOLFSSL_SUCCESS) return "tickets";
	wolfSSL_set_verify(s, is("verify", "require") ? WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT
		: is("verify", "request") ? WOLFSSL_VERIFY_PEER : WOLFSSL_VERIFY_NONE, NULL);
	if (*opt("name")) wolfSSL_UseSNI(s, WOLFSSL_SNI_HOST_NAME, opt("name"), strlen(opt("name"))), wolfSSL_check_domain_name(s, opt("name"));
	if (*opt("session")) {
		int i = atoi(opt("session"));
		if (i < 1 || i > session_count || wolfSSL_set_session(s, sessions[i - 1]) != WOLFSSL_SUCCESS) return "session";
	}
	int n = unhex(opt("pac_opaque"), b, sizeof b);
	if (n && client && wolfSSL_set_SessionTicket(s, b, n) != WOLFSSL_SUCCESS) return "pac_opaque";
	if (callback) wolfSSL_set_session_secret_cb(s, on_secret, NULL);
	if (callback && !client) wolfSSL_set_session_ticket_ext_cb(s, on_ticket, NULL);
	return NULL;
}

/* The client's octets go to the server and back. Returns how many came, -1 for others than were sent. */
static int exchange(WOLFSSL *s, int n) {
	static unsigned char got[65536];
	int done = 0, k;
	if (n > 0 && !wolfSSL_is_server(s) && wolfSSL_write(s, data(), n) != n) return 0;
	while (done < n && (k = wolfSSL_read(s, got + done, n - done)) > 0) done += k;
	if (done > 0 && wolfSSL_is_server(s) && wolfSSL_write(s, got, done) != done) return 0;
	return memcmp(data(), got, done) == 0 ? done : -1;
}

static void alert(const char *name, int level, int code) {
	if (code >= 0) printf("\"%s\":[[%d,%d]],", name, level, code);
}

static void report(WOLFSSL *s, int established, int octets, const char *error) {
	WOLFSSL_ALERT_HISTORY alerts;
	WOLFSSL_SESSION *session = established ? wolfSSL_get1_session(s) : NULL;
	WOLFSSL_CIPHER *cipher = wolfSSL_get_current_cipher(s);
	unsigned char secret[48];
	int length = session ? wolfSSL_SESSION_get_master_key(session, secret, sizeof secret) : 0, word = 0;
	verdict(), printf("\"established\":%d,\"version\":%d,\"suite\":%d,\"reused\":%d,\"peer_certificate\":%d,\"closed\":%d,", established,
		wolfSSL_version(s), cipher ? (int)wolfSSL_CIPHER_get_id(cipher) & 0xffff : 0, established && wolfSSL_session_reused(s),
		wolfSSL_get_peer_certificate(s) != NULL, wolfSSL_get_shutdown(s) >> 1 & 1);
	if (wolfSSL_get_alert_history(s, &alerts) == WOLFSSL_SUCCESS) {
		alert("sent", alerts.last_tx.level, alerts.last_tx.code);
		alert("received", alerts.last_rx.level, alerts.last_rx.code);
	}
	if (session && is("save", "1") && session_count < 65536) sessions[session_count] = session, word = ++session_count;
	else if (session) wolfSSL_SESSION_free(session);
	printf("\"tickets\":[%s],\"calls\":%d,\"room\":%d,\"octets\":%d,\"error\":\"%s\",\"session\":\"", seen.tickets, seen.calls, seen.room, octets, error);
	if (word) printf("%d", word);
	printf("\",\"secret\":\"");
	for (int i = 0; i < length; i++) printf("%02x", secret[i]);
	printf("\"}\n"), fflush(stdout);
}

static void run(void) {
	char text[WOLFSSL_MAX_ERROR_SZ] = "";
	memset(&seen, 0, sizeof seen);
	WOLFSSL *s = wolfSSL_new(ctx);
	const char *refused = configure(s);
	if (refused) return wolfSSL_free(s), refuse(refused);
	int fd = transport(), octets = 0, established = 0;
	if (fd >= 0) {
		wolfSSL_set_fd(s, fd);
		int done = is("role", "server") ? wolfSSL_accept(s) : wolfSSL_connect(s);
		established = done == WOLFSSL_SUCCESS;
		if (!established) wolfSSL_ERR_error_string(wolfSSL_get_error(s, done), text);
		if (established) octets = exchange(s, atoi(opt("data")));
		if (octets == atoi(opt("data")) && wolfSSL_is_server(s)) wolfSSL_read(s, &(char){0}, 1);
		int broken = wolfSSL_get_error(s, 0) != WOLFSSL_ERROR_NONE && wolfSSL_get_error(s, 0) != WOLFSSL_ERROR_ZERO_RETURN;
		if (established && !broken && wolfSSL_shutdown(s) == WOLFSSL_SHUTDOWN_NOT_DONE) wolfSSL_shutdown(s);
		leave(fd);
	}
	report(s, established, octets, fd < 0 ? "no connection" : text);
	wolfSSL_free(s);
}

static const char *begin(void) {
	static char name[64];
	wolfSSL_Init();
	ctx = wolfSSL_CTX_new(wolfTLSv1_2_method());
	wolfSSL_CTX_set_session_id_context(ctx, (const unsigned char *)"shim", 4);
	return snprintf(name, sizeof name, "wolfSSL %s", wolfSSL_lib_version()), name;
}
