/* The console's input is unbuffered: what one boot has not read is there for the next. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board/system.h"
#include "program.h"

static char *typed; /* NULL: nothing is left of it */
static size_t typed_left;

static ssize_t read_console(void *unused, char *to, size_t count)
{
    (void)unused;
    if (typed_left > 0) {
        size_t taken = count < typed_left ? count : typed_left;
        memcpy(to, typed, taken);
        typed += taken;
        typed_left -= taken;
        return (ssize_t)taken;
    }
    ssize_t got;
    do {
        got = read(STDIN_FILENO, to, count);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) {
        fflush(stdout);
        system_wait_at_end_of_input();
    }
    return got;
}

void console_open(const options_t *options, bool is_first_boot)
{
    if (is_first_boot && (options->method || options->url)) {
        int count = asprintf(&typed, "%s%s%s%s%s", options->method ? "method " : "",
                             options->method ? options->method : "", options->method ? "\n" : "",
                             options->url ? options->url : "", options->url ? "\n" : "");
        if (count < 0) {
            fail(EXIT_NO_SETUP, "no memory");
        }
        typed_left = (size_t)count;
    }
    FILE *console = fopencookie(NULL, "r", (cookie_io_functions_t){.read = read_console});
    if (!console || setvbuf(console, NULL, _IONBF, 0) != 0) {
        fail(EXIT_NO_SETUP, "the console cannot be opened: %m");
    }
    stdin = console;
}
