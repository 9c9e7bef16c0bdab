#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "esp_err.h"

/* ESP-IDF Programming Guide, "Error Codes Reference". */
static const struct {
    esp_err_t code;
    const char *name;
} errors[] = {
    {0, "ESP_OK"},
    {-1, "ESP_FAIL"},
    {0x101, "ESP_ERR_NO_MEM"},
    {0x102, "ESP_ERR_INVALID_ARG"},
    {0x103, "ESP_ERR_INVALID_STATE"},
    {0x104, "ESP_ERR_INVALID_SIZE"},
    {0x105, "ESP_ERR_NOT_FOUND"},
    {0x106, "ESP_ERR_NOT_SUPPORTED"},
    {0x107, "ESP_ERR_TIMEOUT"},
    {0x108, "ESP_ERR_INVALID_RESPONSE"},
    {0x109, "ESP_ERR_INVALID_CRC"},
    {0x10A, "ESP_ERR_INVALID_VERSION"},
    {0x10B, "ESP_ERR_INVALID_MAC"},
    {0x10C, "ESP_ERR_NOT_FINISHED"},
    {0x10D, "ESP_ERR_NOT_ALLOWED"},
    {0x1101, "ESP_ERR_NVS_NOT_INITIALIZED"},
    {0x1102, "ESP_ERR_NVS_NOT_FOUND"},
    {0x1103, "ESP_ERR_NVS_TYPE_MISMATCH"},
    {0x1104, "ESP_ERR_NVS_READ_ONLY"},
    {0x1105, "ESP_ERR_NVS_NOT_ENOUGH_SPACE"},
    {0x1106, "ESP_ERR_NVS_INVALID_NAME"},
    {0x1107, "ESP_ERR_NVS_INVALID_HANDLE"},
    {0x1108, "ESP_ERR_NVS_REMOVE_FAILED"},
    {0x1109, "ESP_ERR_NVS_KEY_TOO_LONG"},
    {0x110A, "ESP_ERR_NVS_PAGE_FULL"},
    {0x110B, "ESP_ERR_NVS_INVALID_STATE"},
    {0x110C, "ESP_ERR_NVS_INVALID_LENGTH"},
    {0x110D, "ESP_ERR_NVS_NO_FREE_PAGES"},
    {0x110E, "ESP_ERR_NVS_VALUE_TOO_LONG"},
    {0x110F, "ESP_ERR_NVS_PART_NOT_FOUND"},
    {0x1110, "ESP_ERR_NVS_NEW_VERSION_FOUND"},
    {0x1501, "ESP_ERR_OTA_PARTITION_CONFLICT"},
    {0x1502, "ESP_ERR_OTA_SELECT_INFO_INVALID"},
    {0x1503, "ESP_ERR_OTA_VALIDATE_FAILED"},
    {0x1504, "ESP_ERR_OTA_SMALL_SEC_VER"},
    {0x1505, "ESP_ERR_OTA_ROLLBACK_FAILED"},
    {0x1506, "ESP_ERR_OTA_ROLLBACK_INVALID_STATE"},
    {0x1600, "ESP_ERR_EFUSE"},
    {0x1601, "ESP_OK_EFUSE_CNT"},
    {0x1602, "ESP_ERR_EFUSE_CNT_IS_FULL"},
    {0x1603, "ESP_ERR_EFUSE_REPEATED_PROG"},
    {0x1604, "ESP_ERR_CODING"},
    {0x2001, "ESP_ERR_IMAGE_FLASH_FAIL"},
    {0x2002, "ESP_ERR_IMAGE_INVALID"},
    {0x3001, "ESP_ERR_WIFI_NOT_INIT"},
    {0x3002, "ESP_ERR_WIFI_NOT_STARTED"},
    {0x3003, "ESP_ERR_WIFI_NOT_STOPPED"},
    {0x3004, "ESP_ERR_WIFI_IF"},
    {0x3005, "ESP_ERR_WIFI_MODE"},
    {0x3006, "ESP_ERR_WIFI_STATE"},
    {0x3007, "ESP_ERR_WIFI_CONN"},
    {0x3008, "ESP_ERR_WIFI_NVS"},
    {0x3009, "ESP_ERR_WIFI_MAC"},
    {0x300A, "ESP_ERR_WIFI_SSID"},
    {0x300B, "ESP_ERR_WIFI_PASSWORD"},
    {0x300C, "ESP_ERR_WIFI_TIMEOUT"},
    {0x300D, "ESP_ERR_WIFI_WAKE_FAIL"},
    {0x300E, "ESP_ERR_WIFI_WOULD_BLOCK"},
    {0x300F, "ESP_ERR_WIFI_NOT_CONNECT"},
    {0x6001, "ESP_ERR_FLASH_OP_FAIL"},
    {0x6002, "ESP_ERR_FLASH_OP_TIMEOUT"},
    {0x7001, "ESP_ERR_HTTP_MAX_REDIRECT"},
    {0x7002, "ESP_ERR_HTTP_CONNECT"},
    {0x7003, "ESP_ERR_HTTP_WRITE_DATA"},
    {0x7004, "ESP_ERR_HTTP_FETCH_HEADER"},
    {0x7005, "ESP_ERR_HTTP_INVALID_TRANSPORT"},
    {0x7006, "ESP_ERR_HTTP_CONNECTING"},
    {0x7007, "ESP_ERR_HTTP_EAGAIN"},
    {0x7008, "ESP_ERR_HTTP_CONNECTION_CLOSED"},
    {0x8001, "ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME"},
    {0x8002, "ESP_ERR_ESP_TLS_CANNOT_CREATE_SOCKET"},
    {0x8003, "ESP_ERR_ESP_TLS_UNSUPPORTED_PROTOCOL_FAMILY"},
    {0x8004, "ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST"},
    {0x8005, "ESP_ERR_ESP_TLS_SOCKET_SETOPT_FAILED"},
    {0x8006, "ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT"},
    {0x8007, "ESP_ERR_ESP_TLS_SE_FAILED"},
    {0x8008, "ESP_ERR_ESP_TLS_TCP_CLOSED_FIN"},
    {0x8010, "ESP_ERR_MBEDTLS_CERT_PARTLY_OK"},
    {0x8011, "ESP_ERR_MBEDTLS_CTR_DRBG_SEED_FAILED"},
    {0x8012, "ESP_ERR_MBEDTLS_SSL_SET_HOSTNAME_FAILED"},
    {0x8013, "ESP_ERR_MBEDTLS_SSL_CONFIG_DEFAULTS_FAILED"},
    {0x8014, "ESP_ERR_MBEDTLS_SSL_CONF_ALPN_PROTOCOLS_FAILED"},
    {0x8015, "ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED"},
    {0x8016, "ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED"},
    {0x8017, "ESP_ERR_MBEDTLS_SSL_SETUP_FAILED"},
    {0x8018, "ESP_ERR_MBEDTLS_SSL_WRITE_FAILED"},
    {0x8019, "ESP_ERR_MBEDTLS_PK_PARSE_KEY_FAILED"},
    {0x801A, "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED"},
    {0x801B, "ESP_ERR_MBEDTLS_SSL_CONF_PSK_FAILED"},
    {0x801C, "ESP_ERR_MBEDTLS_SSL_TICKET_SETUP_FAILED"},
    {0x9001, "ESP_ERR_HTTPS_OTA_IN_PROGRESS"},
};

const char *esp_err_to_name(esp_err_t code)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (errors[i].code == code) {
            return errors[i].name;
        }
    }
    return "UNKNOWN ERROR";
}

const char *esp_err_to_name_r(esp_err_t code, char *buffer, size_t size)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (errors[i].code == code) {
            snprintf(buffer, size, "%s", errors[i].name);
            return buffer;
        }
    }
    snprintf(buffer, size, "UNKNOWN ERROR 0x%x(%d)", (unsigned)code, code);
    return buffer;
}

void _esp_error_check_failed_without_abort(esp_err_t code, const char *file, int line,
                                           const char *function, const char *expression)
{
    printf("ESP_ERROR_CHECK_WITHOUT_ABORT failed: esp_err_t 0x%x (%s) at %p\n"
           "file: \"%s\" line %d\nfunc: %s\nexpression: %s\n",
           (unsigned)code, esp_err_to_name(code), __builtin_return_address(0), file, line, function,
           expression);
    fflush(stdout);
}

void _esp_error_check_failed(esp_err_t code, const char *file, int line, const char *function,
                             const char *expression)
{
    printf("ESP_ERROR_CHECK failed: esp_err_t 0x%x (%s) at %p\n"
           "file: \"%s\" line %d\nfunc: %s\nexpression: %s\n\n",
           (unsigned)code, esp_err_to_name(code), __builtin_return_address(0), file, line, function,
           expression);
    fflush(stdout);
    abort();
}
