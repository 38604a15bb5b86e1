/*
 * openssl.c: one end of a TLS connection, on libssl's session-secret callback. SPDX-License-Identifier: CC0-1.0
 *
 * Compiles against OpenSSL 1.1.0 to 4.0: cc -o openssl openssl.c -lssl -lcrypto. How it is run: shim.h. All connections
 * of one process are made in one SSL_CTX, so that its session cache and its ticket keys last.
 */
#include "shim.h"
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#ifndef SSL_OP_NO_ENCRYPT_THEN_MAC /* before 1.1.1 */
#define SSL_OP_NO_ENCRYPT_THEN_MAC 0
#endif
#ifndef SSL_OP_NO_EXTENDED_MASTER_SECRET /* before 3.0 */
#define SSL_OP_NO_EXTENDED_MASTER_SECRET 0
#define EMS_OFF
#else
#define EMS_OFF ",\"ems-off\""
#endif

#ifndef SSL_OP_NO_RENEGOTIATION /* before 1.1.0h */
#define SSL_OP_NO_RENEGOTIATION 0
#endif

static const char can[] =
	"\"client\",\"server\",\"callback\",\"named\",\"length\",\"tls1.0\",\"session-id\",\"ticket\",\"etm\",\"rsa\",\"anonymous\",\"client-auth\",\"alpn\"" EMS_OFF;
static SSL_CTX *ctx;
static struct { /* what one connection showed */
	char sent[4096], received[4096], tickets[4096], messages[4096], extensions[4096], ids[2][65];
	unsigned char ticket[65536];
	int calls, room, ticket_length;
} seen;

static void hmac_sha1(const unsigned char *key, int n, const unsigned char *in, int len, unsigned char *out) {
	unsigned char mac[EVP_MAX_MD_SIZE];
	HMAC(EVP_sha1(), key, n, in, len, mac, NULL), memcpy(out, mac, 20);
}

static int on_secret(SSL *s, void *secret, int *len, STACK_OF(SSL_CIPHER) *peer, const SSL_CIPHER **suite, void *arg) {
	static unsigned char only[65536];
	unsigned char id[2] = {atoi(opt("named")) >> 8, atoi(opt("named")) & 255}, randoms[2][32];
	int n = unhex(opt("pac_opaque"), only, sizeof only);
	seen.calls++, seen.room = *len;
	if (is("callback", "decline")) return 0;
	if (SSL_is_server(s) && n > 0 && !(is("absent", "accept") && seen.ticket_length == 0) && (n != seen.ticket_length || memcmp(only, seen.ticket, n) != 0)) return 0;
	if (*opt("named")) *suite = SSL_CIPHER_find(s, id);
	SSL_get_server_random(s, randoms[0], 32), SSL_get_client_random(s, randoms[1], 32);
	session_secret(randoms[0], randoms[1], secret);
	if (!is("callback", "untouched")) *len = is("callback", "accept") ? 48 : atoi(opt("callback"));
	return 1;
}

static int on_ticket(SSL *s, const unsigned char *data, int len, void *arg) {
	if (len > 0 && len <= (int)sizeof seen.ticket) memcpy(seen.ticket, data, seen.ticket_length = len);
	add(seen.tickets, "%d", len, 0);
	return !is("ticket_callback", "fail");
}

static void on_info(const SSL *s, int where, int code) {
	if (where & SSL_CB_ALERT) add(where & SSL_CB_WRITE ? seen.sent : seen.received, "[%d,%d]", code >> 8, code & 255);
}

static void on_message(int writes, int version, int type, const void *data, size_t len, SSL *s, void *arg) {
	const unsigned char *p = data, *end = p + len;
	if (type == 20) add(seen.messages, "\"%cccs\"", writes ? '>' : '<', 0);
	if (type != 22 || len < 4) return;
	add(seen.messages, "\"%c%d\"", writes ? '>' : '<', p[0]);
	if (p[0] < 1 || p[0] > 2 || len < 39 || p[38] > 32) return; /* neither hello */
	for (int i = 0; i < p[38]; i++) sprintf(seen.ids[p[0] - 1] + 2 * i, "%02x", p[39 + i]);
	for (p += p[0] == 1 ? len : 44u + p[38]; p + 4 <= end; p += 4 + (p[2] << 8 | p[3]))
		add(seen.extensions, "%d", p[0] << 8 | p[1], 0);
}

static int protocol(unsigned char *out) { return out[0] = snprintf((char *)out + 1, 255, "%.254s", opt("alpn")); }

static int on_alpn(SSL *s, const unsigned char **out, unsigned char *n, const unsigned char *in, unsigned int len, void *arg) {
	static unsigned char own[256];
	int picked = protocol(own) ? SSL_select_next_proto((unsigned char **)out, n, own, own[0] + 1, in, len) : 0;
	return picked == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

/* The suites in libssl's words, with the security level that TLS 1.0 and anonymous ones need. */
static const char *suites(SSL *s) {
	static char list[4096];
	const char *at = opt("suites");
	list[0] = 0;
	for (int id; (id = next_suite(&at)) >= 0 && strlen(list) < sizeof list - 100;) {
		const SSL_CIPHER *c = SSL_CIPHER_find(s, (unsigned char[]){id >> 8, id & 255});
		strcat(list, c ? SSL_CIPHER_get_name(c) : "unknown"), strcat(list, ":");
	}
	return strcat(list, "@SECLEVEL=0");
}

/* Returns the option that libssl refuses, NULL if none. */
static const char *configure(SSL *s) {
	static unsigned char b[65536];
	const unsigned char *der = b;
	X509_STORE *store = X509_STORE_new();
	if (!SSL_set_min_proto_version(s, atoi(opt("min"))) || !SSL_set_max_proto_version(s, atoi(opt("max")))) return "min, max";
	if (*opt("suites") && !SSL_set_cipher_list(s, suites(s))) return "suites";
	if (*opt("groups") && !SSL_set1_curves_list(s, opt("groups"))) return "groups";
	if (*opt("cert") && SSL_use_certificate_chain_file(s, opt("cert")) != 1) return "cert";
	if (*opt("pkey") && SSL_use_PrivateKey_file(s, opt("pkey"), SSL_FILETYPE_PEM) != 1) return "pkey";
	if (is("etm", "off") && !(SSL_set_options(s, SSL_OP_NO_ENCRYPT_THEN_MAC) & SSL_OP_NO_ENCRYPT_THEN_MAC)) return "etm";
	if (is("ems", "off") && !(SSL_set_options(s, SSL_OP_NO_EXTENDED_MASTER_SECRET) & SSL_OP_NO_EXTENDED_MASTER_SECRET)) return "ems";
	if (is("tickets", "off")) SSL_set_options(s, SSL_OP_NO_TICKET);
	SSL_set_options(s, SSL_OP_NO_RENEGOTIATION);
	if (*opt("ca") && (!X509_STORE_load_locations(store, opt("ca"), NULL) || !SSL_set1_verify_cert_store(s, store))) return "ca";
	X509_STORE_free(store);
	SSL_set_verify(s, is("verify", "require") ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : is("verify", "request"), NULL);
	if (*opt("name")) SSL_set_tlsext_host_name(s, opt("name")), SSL_set1_host(s, opt("name"));
	if (protocol(b) && is("role", "client")) SSL_set_alpn_protos(s, b, b[0] + 1);
	int n = unhex(opt("session"), b, sizeof b);
	SSL_SESSION *session = n ? d2i_SSL_SESSION(NULL, &der, n) : NULL;
	if (n && (!session || !SSL_set_session(s, session))) return "session";
	SSL_SESSION_free(session);
	if (*opt("callback") && !is("callback", "unset")) SSL_set_session_secret_cb(s, on_secret, NULL);
	n = unhex(opt("pac_opaque"), b, sizeof b);
	if (n && is("role", "client") && !SSL_set_session_ticket_ext(s, b, n)) return "pac_opaque";
	SSL_set_session_ticket_ext_cb(s, on_ticket, NULL);
	SSL_set_info_callback(s, on_info);
	SSL_set_msg_callback(s, on_message);
	return NULL;
}

/* The client's octets go to the server and back. Returns how many came, -1 for others than were sent. */
static int exchange(SSL *s, int n) {
	static unsigned char got[65536];
	int done = 0, k;
	if (n > 0 && !SSL_is_server(s) && SSL_write(s, data(), n) != n) return 0;
	while (done < n && (k = SSL_read(s, got + done, n - done)) > 0) done += k;
	if (done > 0 && SSL_is_server(s) && SSL_write(s, got, done) != done) return 0;
	return memcmp(data(), got, done) == 0 ? done : -1;
}

static void report(SSL *s, int established, int octets, const char *error) {
	SSL_SESSION *session = SSL_get_session(s);
	const unsigned char *alpn;
	unsigned char *der = NULL, secret[SSL_MAX_MASTER_KEY_LENGTH];
	unsigned int n;
	int length = established ? SSL_SESSION_get_master_key(session, secret, sizeof secret) : 0;
	int size = established && is("save", "1") ? i2d_SSL_SESSION(session, &der) : 0;
	SSL_get0_alpn_selected(s, &alpn, &n);
	verdict(), printf("\"established\":%d,\"version\":%d,\"suite\":%d,\"reused\":%d,\"ems\":%d,\"peer_certificate\":%d,\"closed\":%d,",
		established, SSL_version(s), SSL_get_current_cipher(s) ? (int)SSL_CIPHER_get_id(SSL_get_current_cipher(s)) & 0xffff : 0,
		SSL_session_reused(s), SSL_get_extms_support(s) == 1, session && SSL_SESSION_get0_peer(session), SSL_get_shutdown(s) >> 1);
	printf("\"sent\":[%s],\"received\":[%s],\"messages\":[%s],\"extensions\":[%s],\"tickets\":[%s],\"calls\":%d,\"room\":%d,",
		seen.sent, seen.received, seen.messages, seen.extensions, seen.tickets, seen.calls, seen.room);
	printf("\"client_id\":\"%s\",\"server_id\":\"%s\",\"alpn\":\"%.*s\",\"octets\":%d,\"error\":\"%s\",\"session\":\"",
		seen.ids[0], seen.ids[1], (int)n, n ? (const char *)alpn : "", octets, error);
	for (int i = 0; i < size; i++) printf("%02x", der[i]);
	printf("\",\"secret\":\"");
	for (int i = 0; i < length; i++) printf("%02x", secret[i]);
	printf("\"}\n"), fflush(stdout);
	OPENSSL_free(der);
}

static void run(void) {
	memset(&seen, 0, sizeof seen), ERR_clear_error();
	SSL *s = SSL_new(ctx);
	const char *refused = configure(s), *why = "";
	if (refused) return SSL_free(s), refuse(refused);
	int fd = transport(), octets = 0, established = 0;
	if (fd >= 0) {
		SSL_set_fd(s, fd);
		established = (is("role", "server") ? SSL_accept(s) : SSL_connect(s)) == 1;
		if (established) octets = exchange(s, atoi(opt("data")));
		int first = !SSL_is_server(s) && octets == atoi(opt("data"));
		/* Whose peer is gone has nobody to tell. */
		if (established && (first || SSL_get_error(s, SSL_read(s, &(char){0}, 1)) == SSL_ERROR_ZERO_RETURN) && SSL_shutdown(s) == 0) SSL_shutdown(s);
		why = ERR_peek_error() ? ERR_reason_error_string(ERR_peek_error()) : established ? "" : "end of stream or time-out";
		leave(fd);
	}
	report(s, established, octets, fd < 0 ? "no connection" : why ? why : "unnamed");
	SSL_free(s);
}

static const char *begin(void) {
	ctx = SSL_CTX_new(TLS_method());
	DH *group14 = DH_new(); /* what libssl chooses by itself may have 1024 bits */
	BIGNUM *g = BN_new();
	BN_set_word(g, 2), DH_set0_pqg(group14, BN_get_rfc3526_prime_2048(NULL), NULL, g), SSL_CTX_set_tmp_dh(ctx, group14);
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"shim", 4);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_BOTH);
	SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
	return OpenSSL_version(OPENSSL_VERSION);
}
