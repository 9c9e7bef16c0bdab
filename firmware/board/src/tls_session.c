#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "board/board.h"
#include "esp_log.h"
#include "esp_tls.h"
#include "tls_internal.h"

/* CONFIG_MBEDTLS_SSL_OUT_CONTENT_LEN */
#define OUT_CONTENT_LENGTH 4096

static void prepare(tls_session_t *session, int socket)
{
    session->records.socket = socket;
    mbedtls_entropy_init(&session->entropy);
    mbedtls_ctr_drbg_init(&session->random);
    mbedtls_ssl_config_init(&session->config);
    mbedtls_ssl_init(&session->ssl);
    mbedtls_x509_crt_init(&session->trusted);
    mbedtls_x509_crt_init(&session->none);
}

static esp_err_t trust_bundle(const transport_config_t *config, tls_session_t *session)
{
    size_t size = strlen(config->bundle_pem) + 1;
    const unsigned char *pem = (const unsigned char *)config->bundle_pem;
    if (mbedtls_x509_crt_parse(&session->trusted, pem, size) != 0) {
        ESP_LOGE("esp-x509-crt-bundle", "Invalid certificate bundle");
    }
    session->verifier.bundle = &session->trusted;
    mbedtls_ssl_conf_ca_chain(&session->config, &session->none, NULL);
    return ESP_OK;
}

static esp_err_t trust_ca(const transport_config_t *config, tls_session_t *session)
{
    const unsigned char *pem = (const unsigned char *)config->ca_pem;
    int result = mbedtls_x509_crt_parse(&session->trusted, pem, config->ca_pem_size);
    if (result < 0) {
        ESP_LOGE(TLS_MBEDTLS_TAG, "mbedtls_x509_crt_parse of CA cert returned -0x%04X",
                 (unsigned)-tls_error_of_3_6(result));
        return ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED;
    }
    if (result > 0) {
        ESP_LOGE(TLS_MBEDTLS_TAG, "mbedtls_x509_crt_parse was partly successful. "
                                  "No. of failed certificates: %d", result);
    }
    mbedtls_ssl_conf_ca_chain(&session->config, &session->trusted, NULL);
    return ESP_OK;
}

static esp_err_t trust(const transport_config_t *config, tls_session_t *session)
{
    session->is_verifying = config->bundle_pem || config->ca_pem;
    if (config->bundle_pem) {
        return trust_bundle(config, session);
    }
    if (config->ca_pem) {
        return trust_ca(config, session);
    }
    ESP_LOGE(TLS_MBEDTLS_TAG, "No server verification option set in esp_tls_cfg_t structure. "
                              "Check esp_tls API reference");
    return ESP_ERR_MBEDTLS_SSL_SETUP_FAILED;
}

static esp_err_t name_server(const transport_config_t *config, tls_session_t *session)
{
    if (config->skips_name_check) {
        return ESP_OK;
    }
    const char *name = config->common_name ? config->common_name : config->host;
    int result = mbedtls_ssl_set_hostname(&session->ssl, name);
    if (result != 0) {
        ESP_LOGE(TLS_MBEDTLS_TAG, "mbedtls_ssl_set_hostname returned -0x%04X", (unsigned)-result);
        return ESP_ERR_MBEDTLS_SSL_SET_HOSTNAME_FAILED;
    }
    session->verifier.name = session->ssl.hostname; /* the session's own copy */
    return ESP_OK;
}

static esp_err_t configure(const transport_config_t *config, tls_session_t *session)
{
    int result = mbedtls_ctr_drbg_seed(&session->random, mbedtls_entropy_func, &session->entropy,
                                       NULL, 0);
    if (result != 0) {
        ESP_LOGE(TLS_MBEDTLS_TAG, "mbedtls_ctr_drbg_seed returned -0x%04X", (unsigned)-result);
        return ESP_ERR_MBEDTLS_CTR_DRBG_SEED_FAILED;
    }
    result = mbedtls_ssl_config_defaults(&session->config, MBEDTLS_SSL_IS_CLIENT,
                                         MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    if (result != 0) {
        ESP_LOGE(TLS_MBEDTLS_TAG, "mbedtls_ssl_config_defaults returned -0x%04X",
                 (unsigned)-result);
        return ESP_ERR_MBEDTLS_SSL_CONFIG_DEFAULTS_FAILED;
    }
    mbedtls_ssl_conf_rng(&session->config, mbedtls_ctr_drbg_random, &session->random);
    mbedtls_ssl_conf_authmode(&session->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_verify(&session->config, tls_verify, &session->verifier);
    esp_err_t error = tls_hello_configure(&session->config, &session->suites);
    if (error == ESP_OK) {
        error = name_server(config, session);
    }
    if (error == ESP_OK) {
        error = trust(config, session);
    }
    if (error != ESP_OK) {
        ESP_LOGE(TLS_MBEDTLS_TAG, "Failed to set client configurations, returned [0x%04X] (%s)",
                 (unsigned)error, esp_err_to_name(error));
        return error;
    }
    result = mbedtls_ssl_setup(&session->ssl, &session->config);
    if (result != 0) {
        ESP_LOGE(TLS_MBEDTLS_TAG, "mbedtls_ssl_setup returned -0x%04X", (unsigned)-result);
        return ESP_ERR_MBEDTLS_SSL_SETUP_FAILED;
    }
    mbedtls_ssl_set_bio(&session->ssl, &session->records, tls_records_send, tls_records_receive,
                        NULL);
    return ESP_OK;
}

/* "Verified" is said also of a handshake that failed before there was a certificate: nothing was
 * found against it. */
static void say_verdict(const tls_session_t *session)
{
    if (!session->is_verifying) {
        return;
    }
    if (mbedtls_ssl_get_verify_result(&session->ssl) != 0) {
        ESP_LOGI(TLS_MBEDTLS_TAG, "Failed to verify peer certificate!");
    } else {
        ESP_LOGI(TLS_MBEDTLS_TAG, "Certificate verified.");
    }
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The clock is looked at only when a receive has timed out: bytes that drip in keep it going for
 * ever. */
static esp_err_t shake_hands(tls_session_t *session, int timeout_ms, int64_t start,
                             esp_tls_last_error_t *failure)
{
    for (;;) {
        int result = mbedtls_ssl_handshake(&session->ssl);
        if (result == 0) {
            return ESP_OK;
        }
        if (result != MBEDTLS_ERR_SSL_WANT_READ && result != MBEDTLS_ERR_SSL_WANT_WRITE) {
            ESP_LOGE(TLS_MBEDTLS_TAG, "mbedtls_ssl_handshake returned -0x%04X",
                     (unsigned)-tls_error_of_3_6(result));
            say_verdict(session);
            failure->esp_tls_error_code = -tls_error_of_3_6(result);
            failure->esp_tls_flags = (int)mbedtls_ssl_get_verify_result(&session->ssl);
            ESP_LOGE(TLS_TAG, "Failed to open new connection");
            return ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED;
        }
        if (milliseconds() - start >= timeout_ms) {
            ESP_LOGW(TLS_TAG, "Failed to open new connection in specified timeout");
            return ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT;
        }
    }
}

tls_session_t *tls_session_open(const transport_config_t *config, int socket,
                                esp_tls_last_error_t *failure)
{
    int64_t start = milliseconds();
    tls_session_t *session = calloc(1, sizeof(*session));
    if (!session) {
        failure->last_error = ESP_ERR_NO_MEM;
        return NULL;
    }
    prepare(session, socket);
    failure->last_error = configure(config, session);
    if (failure->last_error != ESP_OK) {
        ESP_LOGE(TLS_TAG, "create_ssl_handle failed");
        ESP_LOGE(TLS_TAG, "Failed to open new connection");
    } else {
        failure->last_error = shake_hands(session, config->timeout_ms, start, failure);
    }
    if (failure->last_error != ESP_OK) {
        tls_session_close(session);
        return NULL;
    }
    return session;
}

size_t tls_session_available(const tls_session_t *session)
{
    return mbedtls_ssl_get_bytes_avail(&session->ssl);
}

/* A record whose content is longer than the chip's buffer holds, though its ciphertext was not. */
static bool is_too_long(tls_session_t *session, size_t read, bool is_new)
{
    if (is_new) {
        session->records.open_count = read + tls_session_available(session);
    }
    return session->records.open_count > board.tls_in_length;
}

int tls_session_read(tls_session_t *session, unsigned char *to, size_t count)
{
    bool is_new = tls_session_available(session) == 0;
    int result = mbedtls_ssl_read(&session->ssl, to, count);
    if (result > 0 && is_too_long(session, (size_t)result, is_new)) {
        result = MBEDTLS_ERR_SSL_INVALID_RECORD;
    }
    if (result >= 0) {
        return result;
    }
    if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        return 0;
    }
    if (result != MBEDTLS_ERR_SSL_WANT_READ && result != MBEDTLS_ERR_SSL_WANT_WRITE) {
        result = tls_error_of_3_6(result);
        ESP_LOGE(TLS_MBEDTLS_TAG, "read error :-0x%04X:", (unsigned)-result);
    }
    return result;
}

int tls_session_write(tls_session_t *session, const unsigned char *from, size_t count)
{
    size_t written = 0;
    while (written < count) {
        size_t part = count - written;
        if (part > OUT_CONTENT_LENGTH) {
            part = OUT_CONTENT_LENGTH;
        }
        int result = mbedtls_ssl_write(&session->ssl, from + written, part);
        if (result <= 0) {
            if (result == 0 || result == MBEDTLS_ERR_SSL_WANT_READ ||
                result == MBEDTLS_ERR_SSL_WANT_WRITE) {
                return written > 0 ? (int)written : result;
            }
            ESP_LOGE(TLS_MBEDTLS_TAG, "write error :-0x%04X:", (unsigned)-tls_error_of_3_6(result));
            return tls_error_of_3_6(result);
        }
        written += (size_t)result;
    }
    return (int)written;
}

/* With a handshake that failed there is nothing to say goodbye to; the alert has been sent. */
void tls_session_close(tls_session_t *session)
{
    if (session->ssl.state == MBEDTLS_SSL_HANDSHAKE_OVER) {
        (void)mbedtls_ssl_close_notify(&session->ssl); /* best effort: the socket may be gone */
    }
    mbedtls_ssl_free(&session->ssl);
    mbedtls_ssl_config_free(&session->config);
    mbedtls_x509_crt_free(&session->trusted);
    mbedtls_x509_crt_free(&session->none);
    mbedtls_ctr_drbg_free(&session->random);
    mbedtls_entropy_free(&session->entropy);
    free(session->suites);
    free(session);
}
