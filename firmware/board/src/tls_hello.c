#include <stdlib.h>
#include <string.h>

#include "tls_internal.h"

/* What ESP-IDF's configuration leaves out of the library's list. */
static const char *const absent[] = {"-DHE-",  "PSK",  "CHACHA20", "3DES",   "-DES-",
                                     "RC4",    "NULL", "CAMELLIA", "ECJPAKE"};

static const mbedtls_ecp_group_id groups[] = {
    MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1,
    MBEDTLS_ECP_DP_SECP521R1,  MBEDTLS_ECP_DP_BP256R1,   MBEDTLS_ECP_DP_BP384R1,
    MBEDTLS_ECP_DP_BP512R1,    MBEDTLS_ECP_DP_NONE,
};

static const int digests[] = {
    MBEDTLS_MD_SHA512,
    MBEDTLS_MD_SHA384,
    MBEDTLS_MD_SHA256,
    MBEDTLS_MD_NONE,
};

/* Mbed TLS 3.6's default profile: SHA-256 and longer, RSA from 2048 bits, curves from 256 bits. */
static const mbedtls_x509_crt_profile profile = {
    .allowed_mds = MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    .allowed_pks = 0xFFFFFFF,
    .allowed_curves = MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP521R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_BP256R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_BP384R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_BP512R1),
    .rsa_min_bitlen = 2048,
};

static bool is_offered(int suite)
{
    const char *name = mbedtls_ssl_get_ciphersuite_name(suite);
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        if (strstr(name, absent[i])) {
            return false;
        }
    }
    return true;
}

esp_err_t tls_hello_configure(mbedtls_ssl_config *config, int **suites)
{
    const int *known = mbedtls_ssl_list_ciphersuites();
    size_t count = 0;
    while (known[count] != 0) {
        count++;
    }
    int *offered = calloc(count + 1, sizeof(int));
    if (!offered) {
        return ESP_ERR_NO_MEM;
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_offered(known[i])) {
            offered[kept++] = known[i];
        }
    }
    *suites = offered;
    mbedtls_ssl_conf_ciphersuites(config, offered);
    mbedtls_ssl_conf_curves(config, groups);
    mbedtls_ssl_conf_sig_hashes(config, digests);
    mbedtls_ssl_conf_cert_profile(config, &profile);
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_max_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
    return ESP_OK;
}
