/* What to do if a call fails or a condition does not hold: say so, and return or go to a label
 * (ESP-IDF Programming Guide, "Error Handling"). With go-to forms the function has a variable
 * `ret`. */
#pragma once

#include "esp_err.h"
#include "esp_log.h"

#define ESP_CHECK_SAY_(tag, format, ...)                                                           \
    ESP_LOGE(tag, "%s(%d): " format, __func__, __LINE__, ##__VA_ARGS__)

#define ESP_RETURN_ON_ERROR(x, tag, format, ...)                                                   \
    do {                                                                                           \
        esp_err_t check_error_ = (x);                                                              \
        if (check_error_ != ESP_OK) {                                                              \
            ESP_CHECK_SAY_(tag, format, ##__VA_ARGS__);                                            \
            return check_error_;                                                                   \
        }                                                                                          \
    } while (0)

#define ESP_RETURN_VOID_ON_ERROR(x, tag, format, ...)                                              \
    do {                                                                                           \
        if ((x) != ESP_OK) {                                                                       \
            ESP_CHECK_SAY_(tag, format, ##__VA_ARGS__);                                            \
            return;                                                                                \
        }                                                                                          \
    } while (0)

#define ESP_GOTO_ON_ERROR(x, label, tag, format, ...)                                              \
    do {                                                                                           \
        esp_err_t check_error_ = (x);                                                              \
        if (check_error_ != ESP_OK) {                                                              \
            ESP_CHECK_SAY_(tag, format, ##__VA_ARGS__);                                            \
            ret = check_error_;                                                                    \
            goto label;                                                                            \
        }                                                                                          \
    } while (0)

#define ESP_RETURN_ON_FALSE(condition, error, tag, format, ...)                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ESP_CHECK_SAY_(tag, format, ##__VA_ARGS__);                                            \
            return error;                                                                          \
        }                                                                                          \
    } while (0)

#define ESP_RETURN_VOID_ON_FALSE(condition, tag, format, ...)                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ESP_CHECK_SAY_(tag, format, ##__VA_ARGS__);                                            \
            return;                                                                                \
        }                                                                                          \
    } while (0)

#define ESP_GOTO_ON_FALSE(condition, error, label, tag, format, ...)                               \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ESP_CHECK_SAY_(tag, format, ##__VA_ARGS__);                                            \
            ret = error;                                                                           \
            goto label;                                                                            \
        }                                                                                          \
    } while (0)
