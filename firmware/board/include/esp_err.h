/* Error numbers that functions return: 0 is success (ESP-IDF Programming Guide, "Error Codes Reference"). */
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sdkconfig.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int esp_err_t;

#define ESP_OK 0
#define ESP_FAIL -1

#define ESP_ERR_NO_MEM 0x101
#define ESP_ERR_INVALID_ARG 0x102
#define ESP_ERR_INVALID_STATE 0x103
#define ESP_ERR_INVALID_SIZE 0x104
#define ESP_ERR_NOT_FOUND 0x105
#define ESP_ERR_NOT_SUPPORTED 0x106
#define ESP_ERR_TIMEOUT 0x107
#define ESP_ERR_INVALID_RESPONSE 0x108
#define ESP_ERR_INVALID_CRC 0x109
#define ESP_ERR_INVALID_VERSION 0x10A
#define ESP_ERR_INVALID_MAC 0x10B
#define ESP_ERR_NOT_FINISHED 0x10C
#define ESP_ERR_NOT_ALLOWED 0x10D

#define ESP_ERR_WIFI_BASE 0x3000
#define ESP_ERR_MESH_BASE 0x4000
#define ESP_ERR_FLASH_BASE 0x6000
#define ESP_ERR_HW_CRYPTO_BASE 0xC000
#define ESP_ERR_MEMPROT_BASE 0xD000
#define ESP_ERR_FLASH_OP_FAIL (ESP_ERR_FLASH_BASE + 1)
#define ESP_ERR_FLASH_OP_TIMEOUT (ESP_ERR_FLASH_BASE + 2)

/* The name of an error number, such as "ESP_ERR_OTA_VALIDATE_FAILED"; "UNKNOWN ERROR" if it has none.
 * The text is never freed. */
const char *esp_err_to_name(esp_err_t code);

/* The same, or that number in decimal in the buffer; returns what it says. */
const char *esp_err_to_name_r(esp_err_t code, char *buffer, size_t size);

/* Says on the console what failed where, and aborts. */
void _esp_error_check_failed(esp_err_t code, const char *file, int line, const char *function,
                             const char *expression) __attribute__((noreturn));
/* The same, and goes on. */
void _esp_error_check_failed_without_abort(esp_err_t code, const char *file, int line,
                                           const char *function, const char *expression);

#define ESP_ERROR_CHECK(x)                                                                         \
    do {                                                                                           \
        esp_err_t error_check_ = (x);                                                              \
        if (error_check_ != ESP_OK) {                                                              \
            _esp_error_check_failed(error_check_, __FILE__, __LINE__, __func__, #x);               \
        }                                                                                          \
    } while (0)

#define ESP_ERROR_CHECK_WITHOUT_ABORT(x)                                                           \
    ({                                                                                             \
        esp_err_t error_check_ = (x);                                                              \
        if (error_check_ != ESP_OK) {                                                              \
            _esp_error_check_failed_without_abort(error_check_, __FILE__, __LINE__, __func__, #x); \
        }                                                                                          \
        error_check_;                                                                              \
    })

#ifdef __cplusplus
}
#endif
