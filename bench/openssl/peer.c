/*
 * peer measures what libssl and libcrypto need for the work that Sesame's
 * benchmarks do. It reads one command a line and answers each with one line:
 * nanoseconds of this process's CPU time per operation, or "error: …".
 *
 *   version
 *   prf MD5-SHA1|SHA2-256|SHA2-384 OCTETS COUNT   EVP_KDF TLS1-PRF, secret keyed inside the call
 *   tprf OCTETS COUNT                             RFC 4851, Section 5.5 over EVP_MAC HMAC-SHA1
 *   pac VERSION CIPHER COUNT                      callback handshakes over a BIO pair, both sides
 *   record VERSION CIPHER OCTETS COUNT            SSL_write and SSL_read over a BIO pair
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double cpu(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static void fail(const char *what) {
    printf("error: %s: %s\n", what, ERR_reason_error_string(ERR_peek_last_error()));
    fflush(stdout);
    ERR_clear_error();
}

static void prf(const char *digest, size_t len, long count) {
    unsigned char secret[48] = {1}, seed[77] = "key expansion", out[256];
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_TLS1_PRF, NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM p[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, secret, sizeof secret),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof seed),
        OSSL_PARAM_construct_end()};
    double start = cpu();
    for (long i = 0; i < count; i++) {
        secret[0] = (unsigned char)i;
        EVP_KDF_CTX_reset(ctx); /* a seed is appended, not replaced, otherwise */
        if (EVP_KDF_derive(ctx, out, len, p) <= 0) {
            fail("EVP_KDF_derive");
            goto done;
        }
    }
    printf("%.1f\n", (cpu() - start) / count);
done:
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

static void tprf(size_t len, long count) {
    unsigned char key[32] = {1}, seed[64] = {2}, out[128], tail[3];
    static const char label[] = "PAC to master secret label hash";
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    OSSL_PARAM p[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA1", 0), OSSL_PARAM_construct_end()};
    double start = cpu();
    for (long i = 0; i < count; i++) {
        size_t done = 0, n;
        key[0] = (unsigned char)i;
        for (unsigned char block = 1; done < len; block++) {
            tail[0] = len >> 8, tail[1] = (unsigned char)len, tail[2] = block;
            if (!EVP_MAC_init(ctx, key, sizeof key, p) || (block > 1 && !EVP_MAC_update(ctx, out + done - 20, 20)) ||
                !EVP_MAC_update(ctx, (const unsigned char *)label, sizeof label) || !EVP_MAC_update(ctx, seed, sizeof seed) ||
                !EVP_MAC_update(ctx, tail, sizeof tail) || !EVP_MAC_final(ctx, out + done, &n, sizeof out - done)) {
                fail("EVP_MAC");
                goto done;
            }
            done += n;
        }
    }
    printf("%.1f\n", (cpu() - start) / count);
done:
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
}

static int secret_cb(SSL *ssl, void *secret, int *len, STACK_OF(SSL_CIPHER) *peer, const SSL_CIPHER **cipher, void *arg) {
    (void)ssl, (void)arg;
    if (peer) *cipher = sk_SSL_CIPHER_value(peer, 0); /* the server: no certificate is needed then */
    memset(secret, 7, 48);
    *len = 48;
    return 1;
}

static int version_of(const char *name) {
    if (!strcmp(name, "1.0")) return TLS1_VERSION;
    if (!strcmp(name, "1.1")) return TLS1_1_VERSION;
    return TLS1_2_VERSION;
}

static SSL_CTX *context(const char *version, const char *cipher) {
    char list[128];
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    snprintf(list, sizeof list, "%s:@SECLEVEL=0", cipher);
    if (!ctx || !SSL_CTX_set_min_proto_version(ctx, version_of(version)) ||
        !SSL_CTX_set_max_proto_version(ctx, version_of(version)) || !SSL_CTX_set_cipher_list(ctx, list)) {
        fail("context");
        SSL_CTX_free(ctx);
        return NULL;
    }
    /* The same record format as in Sesame's run. */
    SSL_CTX_set_options(ctx, SSL_OP_NO_ENCRYPT_THEN_MAC | SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS);
    return ctx;
}

/* connect_pair runs one callback handshake over a BIO pair and leaves both ends in c and s. */
static int connect_pair(SSL_CTX *ctx, SSL **c, SSL **s) {
    static const unsigned char ticket[96] = {0, 2, 0, 92};
    BIO *cb, *sb;
    *c = SSL_new(ctx), *s = SSL_new(ctx);
    if (!BIO_new_bio_pair(&cb, 40000, &sb, 40000)) return 0;
    SSL_set_bio(*c, cb, cb), SSL_set_bio(*s, sb, sb);
    SSL_set_connect_state(*c), SSL_set_accept_state(*s);
    SSL_set_session_ticket_ext(*c, (void *)ticket, sizeof ticket);
    SSL_set_session_secret_cb(*c, secret_cb, NULL), SSL_set_session_secret_cb(*s, secret_cb, NULL);
    for (int i = 0; i < 10; i++) {
        int a = SSL_do_handshake(*c), b = SSL_do_handshake(*s);
        if (a == 1 && b == 1) return SSL_session_reused(*c) && SSL_session_reused(*s);
    }
    return 0;
}

static void pac(const char *version, const char *cipher, long count) {
    SSL_CTX *ctx = context(version, cipher);
    SSL *c, *s;
    if (!ctx) return;
    double start = cpu();
    for (long i = 0; i < count; i++) {
        int ok = connect_pair(ctx, &c, &s);
        SSL_free(c), SSL_free(s);
        if (!ok) {
            fail("handshake");
            SSL_CTX_free(ctx);
            return;
        }
    }
    printf("%.1f\n", (cpu() - start) / count);
    SSL_CTX_free(ctx);
}

static void record(const char *version, const char *cipher, int len, long count) {
    static unsigned char out[16384], in[16384];
    SSL_CTX *ctx = context(version, cipher);
    SSL *c, *s;
    if (!ctx) return;
    if (!connect_pair(ctx, &c, &s)) {
        fail("handshake");
    } else {
        double start = cpu();
        long i;
        for (i = 0; i < count; i++) {
            if (SSL_write(c, out, len) != len) break;
            int n = 0, r;
            while (n < len && (r = SSL_read(s, in + n, len - n)) > 0) n += r;
            if (n != len) break;
        }
        if (i == count) printf("%.1f\n", (cpu() - start) / count);
        else fail("data");
    }
    SSL_free(c), SSL_free(s);
    SSL_CTX_free(ctx);
}

int main(void) {
    char line[256], a[64], b[64];
    int len;
    long count;
    while (fgets(line, sizeof line, stdin)) {
        if (!strncmp(line, "version", 7)) puts(OpenSSL_version(OPENSSL_VERSION));
        else if (sscanf(line, "prf %63s %d %ld", a, &len, &count) == 3 && len <= 256) prf(a, len, count);
        else if (sscanf(line, "tprf %d %ld", &len, &count) == 2 && len <= 100) tprf(len, count);
        else if (sscanf(line, "pac %63s %63s %ld", a, b, &count) == 3) pac(a, b, count);
        else if (sscanf(line, "record %63s %63s %d %ld", a, b, &len, &count) == 4 && len <= 16384) record(a, b, len, count);
        else puts("error: no such command");
        fflush(stdout);
    }
    return 0;
}
