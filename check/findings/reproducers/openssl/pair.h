#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(x) do { if (!(x)) { fprintf(stderr, "%s\n", #x); ERR_print_errors_fp(stderr); exit(2); } } while (0)

static unsigned char flight[1 << 16]; /* what an end has just sent */
static int alert[2];                  /* the last fatal alert that the client, the server has sent */

static void note(const SSL *ssl, int where, int ret)
{
	if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT && ret >> 8 == SSL3_AL_FATAL)
		alert[SSL_is_server((SSL *)ssl)] = ret & 0xff;
}

/* connection is another end with the same settings, on memory buffers. */
static SSL *connection(SSL_CTX *ctx, int server)
{
	SSL *ssl = SSL_new(ctx);

	MUST(ssl != NULL);
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_info_callback(ssl, note);
	server ? SSL_set_accept_state(ssl) : SSL_set_connect_state(ssl);
	return ssl;
}

static SSL *client_end(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	MUST(ctx && SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION));
	return connection(ctx, 0);
}

/* server_end makes a server with a key of the kind, EVP_PKEY_RSA or EVP_PKEY_EC,
 * and a certificate that it has signed itself. */
static SSL *server_end(int kind)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	EVP_PKEY_CTX *gen = EVP_PKEY_CTX_new_id(kind, NULL);
	EVP_PKEY *key = NULL;
	X509 *cert = X509_new();
	X509_NAME *name = X509_NAME_new();

	MUST(ctx && SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION));
	MUST(gen && cert && name && EVP_PKEY_keygen_init(gen) > 0);
	MUST(kind == EVP_PKEY_RSA ? EVP_PKEY_CTX_set_rsa_keygen_bits(gen, 2048) > 0
		: EVP_PKEY_CTX_set_ec_paramgen_curve_nid(gen, NID_X9_62_prime256v1) > 0);
	MUST(EVP_PKEY_keygen(gen, &key) > 0);
	MUST(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (unsigned char *)"server", -1, -1, 0));
	MUST(X509_set_version(cert, 2) && ASN1_INTEGER_set(X509_get_serialNumber(cert), 1));
	MUST(X509_gmtime_adj(X509_getm_notBefore(cert), 0) && X509_gmtime_adj(X509_getm_notAfter(cert), 86400));
	MUST(X509_set_subject_name(cert, name) && X509_set_issuer_name(cert, name) && X509_set_pubkey(cert, key));
	MUST(X509_sign(cert, key, EVP_sha256()) && SSL_CTX_use_certificate(ctx, cert) && SSL_CTX_use_PrivateKey(ctx, key));
	return connection(ctx, 1);
}

/* turn lets an end act on what it has got; it returns how much is in flight. */
static int turn(SSL *ssl)
{
	int n;

	ERR_clear_error();
	SSL_do_handshake(ssl);
	n = BIO_read(SSL_get_wbio(ssl), flight, sizeof flight);
	return n > 0 ? n : 0;
}

static void give(SSL *ssl, const void *data, int n) { MUST(n <= 0 || BIO_write(SSL_get_rbio(ssl), data, n) == n); }

/* record returns the length of the first record in flight. */
static int record(void) { return 5 + (flight[3] << 8 | flight[4]); }

/* shake returns whether both ends come to an established connection. */
static int shake(SSL *client, SSL *server)
{
	for (int i = 0; i < 8; i++) {
		give(server, flight, turn(client));
		give(client, flight, turn(server));
	}
	return SSL_is_init_finished(client) && SSL_is_init_finished(server);
}

/* secret is both ends' callback: it knows the ticket's secret, and a server's
 * names the client's first suite. */
static int secret(SSL *ssl, void *out, int *len, STACK_OF(SSL_CIPHER) *offered, const SSL_CIPHER **suite, void *arg)
{
	memset(out, 0x5a, *len = 48);
	if (SSL_is_server(ssl))
		*suite = sk_SSL_CIPHER_value(offered, 0);
	return 1;
}

static void offer_ticket(SSL *client)
{
	MUST(SSL_set_session_ticket_ext(client, "PAC-Opaque", 10) && SSL_set_session_secret_cb(client, secret, NULL));
}

/* saw prints what was seen, and returns the exit status. */
static int saw(int affected, const char *what)
{
	printf("%s: %s (alerts sent: client %d, server %d)\n", affected ? "affected" : "not affected", what, alert[0], alert[1]);
	return affected;
}
