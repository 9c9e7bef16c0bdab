#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

static int file = -1;
static unsigned boot_number;

void report_open(const char *path, bool is_first_boot, unsigned boot)
{
    boot_number = boot;
    if (!path) {
        return;
    }
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (is_first_boot ? O_TRUNC : 0), 0666);
    if (file < 0) {
        fail(EXIT_NO_SETUP, "the report %s cannot be written: %m", path);
    }
}

void report_escape(const char *text, size_t size, char *to, size_t to_size)
{
    size_t used = 0;
    for (size_t i = 0; i < size && text[i] && used + 7 < to_size; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < 0x20 || byte >= 0x7F || byte == '"' || byte == '\\') {
            used += (size_t)snprintf(to + used, to_size - used, "\\u%04x", byte);
        } else {
            to[used++] = (char)byte;
        }
    }
    to[used] = 0;
}

void report(const char *event, const char *members, ...)
{
    char line[1024];
    if (file < 0) {
        return;
    }
    int used = snprintf(line, sizeof(line), "{\"event\":\"%s\",\"boot\":%u", event, boot_number);
    va_list arguments;
    va_start(arguments, members);
    used += vsnprintf(line + used, sizeof(line) - (size_t)used - 3, members, arguments);
    va_end(arguments);
    if (used > (int)sizeof(line) - 4) {
        used = (int)sizeof(line) - 4;
    }
    memcpy(line + used, "}\n", 3);
    if (write(file, line, strlen(line)) < 0) {
        fail(EXIT_NO_SETUP, "the report cannot be written: %m");
    }
}
