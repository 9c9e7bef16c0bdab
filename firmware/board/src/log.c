/* Log levels are the process's own, as a chip has one log. */
#define _GNU_SOURCE
#include "esp_log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"

struct tag_level {
    struct tag_level *next;
    esp_log_level_t level;
    char tag[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct tag_level *tags;
static esp_log_level_t default_level = CONFIG_LOG_DEFAULT_LEVEL;
static vprintf_like_t print = NULL;

static struct tag_level *find(const char *tag)
{
    struct tag_level *found = tags;
    while (found && strcmp(found->tag, tag) != 0) {
        found = found->next;
    }
    return found;
}

void esp_log_level_set(const char *tag, esp_log_level_t level)
{
    pthread_mutex_lock(&lock);
    struct tag_level *found = find(tag);
    if (strcmp(tag, "*") == 0) {
        default_level = level;
        while (tags) {
            struct tag_level *next = tags->next;
            free(tags);
            tags = next;
        }
    } else if (found) {
        found->level = level;
    } else {
        found = malloc(sizeof(*found) + strlen(tag) + 1);
        if (found) {
            strcpy(found->tag, tag);
            found->level = level;
            found->next = tags;
            tags = found;
        }
    }
    pthread_mutex_unlock(&lock);
}

esp_log_level_t esp_log_level_get(const char *tag)
{
    pthread_mutex_lock(&lock);
    struct tag_level *found = find(tag);
    esp_log_level_t level = found ? found->level : default_level;
    pthread_mutex_unlock(&lock);
    return level;
}

uint32_t esp_log_timestamp(void) { return board_uptime_ms(); }

vprintf_like_t esp_log_set_vprintf(vprintf_like_t function)
{
    pthread_mutex_lock(&lock);
    vprintf_like_t before = print;
    print = function;
    pthread_mutex_unlock(&lock);
    return before;
}

/* One write for the whole text, so that lines of two tasks never mix. */
static void print_at_once(const char *format, va_list arguments)
{
    char *text = NULL;
    int count = vasprintf(&text, format, arguments);
    if (count < 0) {
        return;
    }
    flockfile(stdout);
    fwrite(text, 1, (size_t)count, stdout);
    fflush(stdout);
    funlockfile(stdout);
    free(text);
}

void esp_log_writev(esp_log_level_t level, const char *tag, const char *format, va_list arguments)
{
    if (level > esp_log_level_get(tag)) {
        return;
    }
    pthread_mutex_lock(&lock);
    vprintf_like_t function = print;
    pthread_mutex_unlock(&lock);
    if (function) {
        function(format, arguments);
    } else {
        print_at_once(format, arguments);
    }
}

void esp_log_write(esp_log_level_t level, const char *tag, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    esp_log_writev(level, tag, format, arguments);
    va_end(arguments);
}

void esp_log_buffer_hex_internal(const char *tag, const void *buffer, uint16_t count,
                                 esp_log_level_t level)
{
    const uint8_t *bytes = buffer;
    for (unsigned start = 0; start < count; start += 16) {
        char line[16 * 3 + 1] = "";
        for (unsigned i = start; i < count && i < start + 16; i++) {
            snprintf(line + (i - start) * 3, 4, "%02x ", bytes[i]);
        }
        line[strlen(line) - 1] = 0;
        ESP_LOG_LEVEL(level, tag, "%s", line);
    }
}

void esp_log_buffer_hexdump_internal(const char *tag, const void *buffer, uint16_t count,
                                     esp_log_level_t level)
{
    const uint8_t *bytes = buffer;
    for (unsigned start = 0; start < count; start += 16) {
        char hex[16 * 3 + 1], text[16 + 1];
        for (unsigned i = 0; i < 16; i++) {
            bool is_there = start + i < count;
            uint8_t byte = is_there ? bytes[start + i] : ' ';
            snprintf(hex + i * 3, 4, is_there ? "%02x " : "   ", byte);
            text[i] = byte >= 0x20 && byte < 0x7F ? (char)byte : '.';
        }
        text[count - start < 16 ? count - start : 16] = 0;
        ESP_LOG_LEVEL(level, tag, "%p   %s |%s|", (const void *)(bytes + start), hex, text);
    }
}

void esp_log_buffer_char_internal(const char *tag, const void *buffer, uint16_t count,
                                  esp_log_level_t level)
{
    const char *bytes = buffer;
    for (unsigned start = 0; start < count; start += 16) {
        int length = count - start < 16 ? (int)(count - start) : 16;
        ESP_LOG_LEVEL(level, tag, "%.*s", length, bytes + start);
    }
}
