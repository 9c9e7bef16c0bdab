/* What the files of the TLS client share. */
#pragma once

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "board/tls.h"

#define TLS_TAG "esp-tls"
#define TLS_MBEDTLS_TAG "esp-tls-mbedtls"

/* What a certificate chain is judged by. */
typedef struct {
    const char *name;               /* NULL: none is checked */
    const mbedtls_x509_crt *bundle; /* NULL: Mbed TLS has judged by its chain */
} tls_verifier_t;

/* The record layer as it passes by: where in a record the stream is. */
typedef struct {
    int socket;
    unsigned char header[5];
    size_t header_count;
    size_t body_left;
    bool is_encrypted; /* the server has changed its cipher */
    size_t open_count; /* of the last record's content: what was and will be read */
} tls_records_t;

typedef struct {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
    mbedtls_x509_crt trusted; /* ca_pem, the bundle's roots, or nothing */
    mbedtls_x509_crt none;    /* the chain that Mbed TLS sees with a bundle */
    tls_verifier_t verifier;
    tls_records_t records;
    int *suites;
    bool is_verifying;
} tls_session_t;

/* Resolves and connects within the timeout; the first address only, IPv4 before IPv6. */
esp_err_t tls_socket_connect(const transport_config_t *config, int *socket);
/* Waits until it can be read or written. > 0: it can. 0: not in time. -1: an error. */
int tls_socket_poll(int socket, bool writes, int timeout_ms);

/* A session over a connected socket, its handshake done. NULL: *failure says why. */
tls_session_t *tls_session_open(const transport_config_t *config, int socket,
                                esp_tls_last_error_t *failure);
size_t tls_session_available(const tls_session_t *session);
/* > 0, 0 at the end (close_notify or FIN), or an error of Mbed TLS 3.6. */
int tls_session_read(tls_session_t *session, unsigned char *to, size_t count);
int tls_session_write(tls_session_t *session, const unsigned char *from, size_t count);
void tls_session_close(tls_session_t *session);

/* Sets what the ClientHello offers to what ESP-IDF's does. *suites is to be freed after the
 * configuration. ESP_ERR_NO_MEM. */
esp_err_t tls_hello_configure(mbedtls_ssl_config *config, int **suites);

/* Callbacks of Mbed TLS. */
int tls_records_receive(void *records, unsigned char *to, size_t count);
int tls_records_send(void *records, const unsigned char *from, size_t count);
int tls_verify(void *verifier, mbedtls_x509_crt *certificate, int depth, uint32_t *flags);

/* Whether a certificate is for that name by the rules of Mbed TLS 3.6. */
bool tls_name_matches(const mbedtls_x509_crt *certificate, const char *name);

/* What Mbed TLS 3.6 has in place of an error number of the version that is linked. */
int tls_error_of_3_6(int error);
