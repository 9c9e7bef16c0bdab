/* Log lines on the console: `I (123) tag: text` (ESP-IDF Programming Guide, "Logging library"). */
#pragma once

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>

#include "sdkconfig.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ESP_LOG_NONE,
    ESP_LOG_ERROR,
    ESP_LOG_WARN,
    ESP_LOG_INFO,
    ESP_LOG_DEBUG,
    ESP_LOG_VERBOSE,
} esp_log_level_t;

/* What of a tag is shown from now on; "*" is every tag. */
void esp_log_level_set(const char *tag, esp_log_level_t level);
esp_log_level_t esp_log_level_get(const char *tag);

/* Milliseconds since the boot. */
uint32_t esp_log_timestamp(void);

/* Writes as printf does, with no prefix and no line's end of its own, if the level of the tag is shown. */
void esp_log_write(esp_log_level_t level, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void esp_log_writev(esp_log_level_t level, const char *tag, const char *format, va_list arguments);

typedef int (*vprintf_like_t)(const char *format, va_list arguments);

/* Where log lines go instead of the standard output; what was set before. */
vprintf_like_t esp_log_set_vprintf(vprintf_like_t function);

/* Sixteen bytes a line, in hexadecimal. */
void esp_log_buffer_hex_internal(const char *tag, const void *buffer, uint16_t count,
                                 esp_log_level_t level);

/* The same with what of it is text; and only that. */
void esp_log_buffer_hexdump_internal(const char *tag, const void *buffer, uint16_t count,
                                     esp_log_level_t level);
void esp_log_buffer_char_internal(const char *tag, const void *buffer, uint16_t count,
                                  esp_log_level_t level);

#ifndef LOG_LOCAL_LEVEL
#define LOG_LOCAL_LEVEL CONFIG_LOG_MAXIMUM_LEVEL
#endif

#define ESP_LOG_LEVEL(level, tag, format, ...)                                                     \
    esp_log_write(level, tag, "%c (%" PRIu32 ") %s: " format "\n", " EWIDV"[level],                \
                  esp_log_timestamp(), tag, ##__VA_ARGS__)

#define ESP_LOG_LEVEL_LOCAL(level, tag, format, ...)                                               \
    do {                                                                                           \
        if (LOG_LOCAL_LEVEL >= level) {                                                            \
            ESP_LOG_LEVEL(level, tag, format, ##__VA_ARGS__);                                      \
        }                                                                                          \
    } while (0)

#define ESP_LOGE(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_ERROR, tag, format, ##__VA_ARGS__)
#define ESP_LOGW(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_WARN, tag, format, ##__VA_ARGS__)
#define ESP_LOGI(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_INFO, tag, format, ##__VA_ARGS__)
#define ESP_LOGD(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_DEBUG, tag, format, ##__VA_ARGS__)
#define ESP_LOGV(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_VERBOSE, tag, format, ##__VA_ARGS__)

#define ESP_EARLY_LOGE ESP_LOGE
#define ESP_EARLY_LOGW ESP_LOGW
#define ESP_EARLY_LOGI ESP_LOGI
#define ESP_EARLY_LOGD ESP_LOGD
#define ESP_EARLY_LOGV ESP_LOGV
#define ESP_DRAM_LOGE ESP_LOGE
#define ESP_DRAM_LOGW ESP_LOGW
#define ESP_DRAM_LOGI ESP_LOGI

#define ESP_LOG_BUFFER_HEX_LEVEL(tag, buffer, count, level)                                        \
    esp_log_buffer_hex_internal(tag, buffer, count, level)
#define ESP_LOG_BUFFER_HEX(tag, buffer, count)                                                     \
    esp_log_buffer_hex_internal(tag, buffer, count, ESP_LOG_INFO)
#define ESP_LOG_BUFFER_HEXDUMP(tag, buffer, count, level)                                          \
    esp_log_buffer_hexdump_internal(tag, buffer, count, level)
#define ESP_LOG_BUFFER_CHAR_LEVEL(tag, buffer, count, level)                                       \
    esp_log_buffer_char_internal(tag, buffer, count, level)
#define ESP_LOG_BUFFER_CHAR(tag, buffer, count)                                                    \
    esp_log_buffer_char_internal(tag, buffer, count, ESP_LOG_INFO)

#ifdef __cplusplus
}
#endif
