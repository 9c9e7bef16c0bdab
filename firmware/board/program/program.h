/* What the program's parts offer each other. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/board.h"
#include "board/bootloader.h"
#include "board/flash.h"
#include "options.h"

enum {
    EXIT_ENDED = 0,
    EXIT_NO_SETUP = 1,
    EXIT_MAX_BOOTS = 3,
    EXIT_NO_APP = 4,
    EXIT_BROKEN = 5, /* a cut of a sweep broke a demand */
    EXIT_WRONG_USAGE = 64, /* EX_USAGE */
    EXIT_POWER_CUT = 75,   /* EX_TEMPFAIL */
};

/* What helps whoever has a flash file that is of no use. */
#define ANOTHER_FLASH "with another name for --flash a new one is made"

/* Ends the program: says why on the standard error. */
void fail(int status, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

/* All of a file, and a zero byte behind it; ends the program if it cannot be read. */
char *read_file(const char *path, size_t *size);

/* Certificates of a file in PEM form; ends the program if it has none. */
char *read_certificates(const char *path, size_t *size);

/* The options that words say; ends the program if they are wrong or ask for help. */
options_t options_of(int count, char *const words[]);

/* Opens the flash and the eFuses, and makes them if they are not there. */
void setup_storage(const options_t *options, bool is_first_boot);

/* A small app image, as a factory would flash. The caller frees it. */
uint8_t *factory_image(uint32_t secure_version, size_t *size);

/* What is wrong, or NULL; to be used before the next of these is called. */
/* With the partition table, as the bootloader sees it. */
const char *table_objection(void);
/* With the places in a table that the bootloader takes, as it does not look for this. */
const char *layout_objection(void);
/* With the image in the first app partition, as the bootloader sees it. */
const char *first_app_objection(void);

/* What of the run outlives a reset, which is a new run of the same program. */
typedef struct {
    unsigned boot; /* from 1 */
    board_reset_t reason;
    flash_counts_t counts; /* of the flash, before this boot */
} run_t;

/* What the options say that befalls the flash: damage, before the first boot; a cut and a failure.
 * Ends the program if they name no place in it. */
void suffer_mishaps(const options_t *options, const run_t *run);

/* What the run before left; the first boot if there was none. */
run_t run_resume(char *const words[]);
/* Makes resets, power cuts, crashes and idleness do what they do. */
void run_install(const run_t *run, const options_t *options);
/* A crash as the chip shows it, and a reset. */
void run_panic(const char *cause, uint32_t pc) __attribute__((noreturn));
/* No app boots: another boot, unless it would go just the same way. */
void run_without_app(void) __attribute__((noreturn));

/* The console's input: the lines that are typed for the user, then the standard input. */
void console_open(const options_t *options, bool is_first_boot);

/* What happens between the bootloader's jump and app_main; then starts the main task. */
void startup(const boot_t *boot, const options_t *options);

/* A line of the report, if one is wanted: the members of a JSON object behind the first two. */
void report_open(const char *path, bool is_first_boot, unsigned boot);
void report(const char *event, const char *members, ...) __attribute__((format(printf, 2, 3)));
/* Text as it stands between the quotes of a JSON string. */
void report_escape(const char *text, size_t size, char *to, size_t to_size);
