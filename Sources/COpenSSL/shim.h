// What Swift cannot import from OpenSSL: function-like macros, and constants made by one.
// One static inline each, no logic.
#pragma once

#include <linux/tls.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Sessions

// SSL_CTRL_* macros.
static inline long fs_ssl_ctx_set_mode(SSL_CTX *ctx, long mode) { return SSL_CTX_set_mode(ctx, mode); }
static inline long fs_ssl_ctx_set_session_cache_mode(SSL_CTX *ctx, long mode) {
    return SSL_CTX_set_session_cache_mode(ctx, mode);
}
static inline int fs_ssl_set_min_proto_version(SSL *ssl, int version) {
    return (int)SSL_set_min_proto_version(ssl, version);
}
static inline int fs_ssl_set_max_proto_version(SSL *ssl, int version) {
    return (int)SSL_set_max_proto_version(ssl, version);
}
static inline int fs_ssl_ctx_add1_chain_cert(SSL_CTX *ctx, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(ctx, certificate);
}
static inline void fs_ssl_ctx_set_read_ahead(SSL_CTX *ctx, int on) { SSL_CTX_set_read_ahead(ctx, on); }
static inline void fs_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void fs_bio_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }

// What a BIO is told where it protects the records itself. Of these bio.h names the numbers in a comment alone.
static const int fs_bio_ctrl_set_ktls = 72;
static const int fs_bio_ctrl_set_ktls_record_type = 74;

static inline int fs_ssl_ctx_set_dh_auto(SSL_CTX *ctx) { return (int)SSL_CTX_set_dh_auto(ctx, 1); }
static inline int fs_ssl_ctx_set_groups(SSL_CTX *ctx, const char *list) {
    return (int)SSL_CTX_set1_groups_list(ctx, list);
}
static inline int fs_ssl_set_groups(SSL *ssl, const char *list) {
    return (int)SSL_set1_groups_list(ssl, list);
}
static inline int fs_ssl_set_max_send_fragment(SSL *ssl, long count) {
    return (int)SSL_set_max_send_fragment(ssl, count);
}
static inline int fs_ssl_ctx_set_status_callback(SSL_CTX *ctx, int (*callback)(SSL *, void *)) {
    return (int)SSL_CTX_set_tlsext_status_cb(ctx, callback);
}
static inline int fs_ssl_ctx_set_status_argument(SSL_CTX *ctx, void *argument) {
    return (int)SSL_CTX_set_tlsext_status_arg(ctx, argument);
}
/// OpenSSL frees the response.
static inline int fs_ssl_set_staple(SSL *ssl, unsigned char *response, long count) {
    return (int)SSL_set_tlsext_status_ocsp_resp(ssl, response, count);
}
/// A copy that OpenSSL frees.
static inline unsigned char *fs_memdup(const void *bytes, size_t count) {
    return (unsigned char *)OPENSSL_memdup(bytes, count);
}

static inline int fs_ssl_ctx_new_index(void) { return SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL); }

// SSL_OP_BIT(n) is no constant expression to Swift.
static const uint64_t fs_op_no_ticket = SSL_OP_NO_TICKET;
static const uint64_t fs_op_no_renegotiation = SSL_OP_NO_RENEGOTIATION;
static const uint64_t fs_op_enable_ktls = SSL_OP_ENABLE_KTLS;
static const uint64_t fs_op_server_preference = SSL_OP_CIPHER_SERVER_PREFERENCE;

// Certificates

static const int fs_key_parameters = EVP_PKEY_KEY_PARAMETERS;
/// A list of parameters keeps the names' addresses: they have to outlive it, which Swift's strings do not.
static const char *const fs_param_prime = OSSL_PKEY_PARAM_FFC_P;
static const char *const fs_param_generator = OSSL_PKEY_PARAM_FFC_G;

/// `EVP_EC_gen` is a macro over a variadic function.
static inline EVP_PKEY *fs_key_ec(const char *curve) { return EVP_EC_gen(curve); }

/// `EVP_RSA_gen` is a macro over a variadic function.
static inline EVP_PKEY *fs_key_rsa(unsigned int bits) { return EVP_RSA_gen(bits); }

/// `EVP_PKEY_Q_keygen` is variadic.
static inline EVP_PKEY *fs_key_ed25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }

/// MBSTRING_FLAG | ...: no constant expression to Swift.
static const int fs_mbstring_utf8 = MBSTRING_UTF8;

// Keys of numbers

// A parameter refers to its name, so the name must stay where it is; a Swift string does not.
static const char *const fs_param_rsa_n = OSSL_PKEY_PARAM_RSA_N;
static const char *const fs_param_rsa_e = OSSL_PKEY_PARAM_RSA_E;
static const char *const fs_param_group = OSSL_PKEY_PARAM_GROUP_NAME;
static const char *const fs_param_pub = OSSL_PKEY_PARAM_PUB_KEY;

static const char *const fs_param_priv = OSSL_PKEY_PARAM_PRIV_KEY;
static const char *const fs_param_rsa_d = OSSL_PKEY_PARAM_RSA_D;

/// Constant expressions of two macros.
static const int fs_select_key_pair = EVP_PKEY_KEYPAIR;
static const int fs_select_public_key = EVP_PKEY_PUBLIC_KEY;
