#include "tls_internal.h"

#if MBEDTLS_VERSION_MAJOR < 3
/* Numbers that 2.28 has and 3.6 has not, or has with another meaning. */
static const struct {
    int old;
    int new;
} replaced[] = {
    {MBEDTLS_ERR_SSL_BAD_HS_SERVER_HELLO, -0x7300},           /* DECODE_ERROR */
    {MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE_REQUEST, -0x7300},    /* DECODE_ERROR */
    {MBEDTLS_ERR_SSL_BAD_HS_SERVER_KEY_EXCHANGE, -0x7300},    /* DECODE_ERROR */
    {MBEDTLS_ERR_SSL_BAD_HS_SERVER_HELLO_DONE, -0x7300},      /* DECODE_ERROR */
    {MBEDTLS_ERR_SSL_BAD_HS_NEW_SESSION_TICKET, -0x7300},     /* DECODE_ERROR */
    {MBEDTLS_ERR_SSL_BAD_HS_CHANGE_CIPHER_SPEC, -0x7200},     /* INVALID_RECORD */
    {MBEDTLS_ERR_SSL_BAD_HS_FINISHED, -0x6E00},               /* HANDSHAKE_FAILURE */
    {MBEDTLS_ERR_SSL_UNKNOWN_CIPHER, -0x6600},                /* ILLEGAL_PARAMETER */
    {MBEDTLS_ERR_SSL_INVALID_VERIFY_HASH, -0x6600},           /* ILLEGAL_PARAMETER */
};
#endif

int tls_error_of_3_6(int error)
{
#if MBEDTLS_VERSION_MAJOR < 3
    for (size_t i = 0; i < sizeof(replaced) / sizeof(replaced[0]); i++) {
        if (replaced[i].old == error) {
            return replaced[i].new;
        }
    }
#endif
    return error;
}
