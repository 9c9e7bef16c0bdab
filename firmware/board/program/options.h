/* The command line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_log.h"

#define OPTIONS_DAMAGE_LIMIT 8

typedef struct {
    const char *flash;
    const char *ca;        /* NULL: none */
    const char *ca_bundle; /* NULL: none */
    const char *efuse;     /* NULL: beside the flash */
    const char *factory;   /* NULL: an image of the board's own */
    const char *report;    /* NULL: none */
    const char *url;       /* NULL: none is typed */
    const char *method;    /* NULL: none is typed */
    bool no_factory;       /* of a flash that is made: the first app is in ota_0 */
    uint32_t slot_size;    /* bytes, of a flash that is made */
    uint32_t secure_version; /* burnt before the first boot */
    uint32_t cut_after;      /* 0: the power stays on */
    int cut_bytes;           /* -1: the operation does not happen at all */
    const char *cut_at;      /* PARTITION.erase|write[#N][:BYTES]; NULL: cut_after counts */
    uint32_t fail_at;        /* 0: no operation fails */
    const char *fail_at_point; /* as cut_at, without :BYTES; NULL: fail_at counts */
    const char *damage[OPTIONS_DAMAGE_LIMIT]; /* NULL behind the last */
    unsigned max_boots;      /* 0: any number */
    unsigned wdt_time_ms;    /* of the RTC watchdog, from reset to app_main */
    uint64_t held_pins;
    uint64_t held_high;
    esp_log_level_t log_level;
    bool trace;
} options_t;

typedef enum { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_DEFECTS, OPTIONS_WRONG } options_result_t;

/* Sets the options, and what of them is the board's own in `board`; the words are without the program's name.
 * OPTIONS_WRONG: the error says what. */
options_result_t options_parse(int count, char *const words[], options_t *options, char *error,
                               size_t error_size);
void options_print_help(void);
/* A line for each defect: its name, the method that shows it, and what it does, with tabs between. */
void options_print_defects(void);
