#define _GNU_SOURCE
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "board/board.h"
#include "board/defect.h"
#include "board/partition_table.h"
#include "driver/gpio.h"

typedef bool (*set_option_t)(options_t *options, const char *value);

/* A decimal or 0x number up to a limit, and nothing behind it but perhaps K or M. */
static bool parse_number(const char *text, uint64_t most, bool has_unit, uint64_t *number)
{
    char *end;
    if (*text < '0' || *text > '9') {
        return false;
    }
    errno = 0;
    unsigned long long value = strtoull(text, &end, 0);
    if (errno != 0 || value > most) {
        return false;
    }
    unsigned shift = 0;
    if (has_unit && (*end == 'K' || *end == 'M')) {
        shift = *end == 'K' ? 10 : 20;
        end += 1;
    }
    *number = (uint64_t)value << shift;
    return *end == 0 && value <= most >> shift;
}

static bool parse_u32(const char *text, uint32_t least, uint32_t most, uint32_t *number)
{
    uint64_t value;
    if (!parse_number(text, most, false, &value) || value < least) {
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

static bool parse_size(const char *text, uint32_t multiple, uint32_t most, uint32_t *size)
{
    uint64_t value;
    if (!parse_number(text, most, true, &value) || value == 0 || value % multiple != 0) {
        return false;
    }
    *size = (uint32_t)value;
    return true;
}

#define TEXT_OPTION(name)                                                                          \
    static bool set_##name(options_t *options, const char *value)                                  \
    {                                                                                              \
        options->name = value;                                                                     \
        return *value != 0;                                                                        \
    }

TEXT_OPTION(flash)
TEXT_OPTION(ca)
TEXT_OPTION(ca_bundle)
TEXT_OPTION(efuse)
TEXT_OPTION(factory)
TEXT_OPTION(report)
TEXT_OPTION(url)

static bool set_method(options_t *options, const char *value)
{
    options->method = value;
    return strcmp(value, "native") == 0 || strcmp(value, "simple") == 0 ||
           strcmp(value, "advanced") == 0 || strcmp(value, "guarded") == 0;
}

static bool set_chip(options_t *options, const char *value)
{
    static const struct {
        const char *name;
        uint16_t id;
    } chips[] = {
        {"esp32", 0x0000},   {"esp32s2", 0x0002}, {"esp32c3", 0x0005}, {"esp32s3", 0x0009},
        {"esp32c2", 0x000C}, {"esp32c6", 0x000D}, {"esp32h2", 0x0010}, {"esp32p4", 0x0012},
        {"esp32c5", 0x0017}, {"esp32c61", 0x0014},
    };
    (void)options;
    for (size_t i = 0; i < sizeof(chips) / sizeof(chips[0]); i++) {
        if (strcasecmp(value, chips[i].name) == 0) {
            board.chip_id = chips[i].id;
            return true;
        }
    }
    return false;
}

/* major.minor, as major * 100 + minor. */
static bool parse_revision(const char *value, uint16_t *revision)
{
    char rest;
    unsigned major, minor;
    if (sscanf(value, "%3u.%2u%c", &major, &minor, &rest) != 2 || major * 100 + minor > 65535) {
        return false;
    }
    *revision = (uint16_t)(major * 100 + minor);
    return true;
}

static bool set_chip_revision(options_t *options, const char *value)
{
    (void)options;
    return parse_revision(value, &board.chip_revision);
}

static bool set_efuse_revision(options_t *options, const char *value)
{
    (void)options;
    return parse_revision(value, &board.efuse_block_revision);
}

static bool set_rollback(options_t *options, const char *value)
{
    (void)options;
    board.rollback = strcmp(value, "on") == 0;
    return board.rollback || strcmp(value, "off") == 0;
}

static bool set_anti_rollback(options_t *options, const char *value)
{
    board.anti_rollback = true;
    options->no_factory = true;
    return parse_u32(value, 0, 32, &options->secure_version);
}

static bool set_no_factory(options_t *options, const char *value)
{
    (void)value;
    options->no_factory = true;
    return true;
}

static bool set_signed(options_t *options, const char *value)
{
    (void)options;
    (void)value;
    board.signed_updates = true;
    return true;
}

static bool set_task_watchdog(options_t *options, const char *value)
{
    (void)options;
    board.task_watchdog_panics = strcmp(value, "panic") == 0;
    return board.task_watchdog_panics || strcmp(value, "log") == 0;
}

static bool set_slot_size(options_t *options, const char *value)
{
    return parse_size(value, 0x10000, 16u << 20, &options->slot_size);
}

static bool set_timeout(options_t *options, const char *value)
{
    uint32_t number;
    (void)options;
    bool is_right = parse_u32(value, 1, 3600000, &number);
    board.timeout_ms = is_right ? (int)number : board.timeout_ms;
    return is_right;
}

static bool set_kconfig(options_t *options, const char *value)
{
    uint32_t number;
    (void)options;
    const char *equals = strchr(value, '=');
    if (!equals || equals == value || board.kconfig_count == KCONFIG_LIMIT ||
        !parse_u32(equals + 1, 0, INT32_MAX, &number)) {
        return false;
    }
    board.kconfig[board.kconfig_count++] = (kconfig_t){.text = value, .number = (int)number};
    return true;
}

static bool set_tls_in_length(options_t *options, const char *value)
{
    uint32_t number;
    (void)options;
    bool is_right = parse_u32(value, 512, 16384, &number);
    board.tls_in_length = is_right ? number : board.tls_in_length;
    return is_right;
}

static bool set_basic_auth(options_t *options, const char *value)
{
    (void)options;
    (void)value;
    board.basic_auth = true;
    return true;
}

static bool set_have_time(options_t *options, const char *value)
{
    struct tm parts = {0};
    (void)options;
    const char *end = strptime(value, "%Y-%m-%d", &parts);
    if (end && *end == 'T') {
        end = strptime(end, "T%H:%M:%SZ", &parts);
    }
    board.have_time = end && *end == 0;
    board.time = timegm(&parts);
    return board.have_time;
}

static bool set_cut_after(options_t *options, const char *value)
{
    char number[16];
    const char *colon = strchrnul(value, ':');
    if ((size_t)(colon - value) >= sizeof(number)) {
        return false;
    }
    memcpy(number, value, (size_t)(colon - value));
    number[colon - value] = 0;
    uint32_t bytes = 0;
    if (*colon && !parse_u32(colon + 1, 0, 1u << 24, &bytes)) {
        return false;
    }
    options->cut_bytes = *colon ? (int)bytes : -1;
    return parse_u32(number, 1, UINT32_MAX, &options->cut_after);
}

/* Which operation it is can be said only with the flash at hand. */
static bool set_cut_at(options_t *options, const char *value)
{
    options->cut_at = value;
    return strchr(value, '.') != NULL;
}

static bool set_fail_at(options_t *options, const char *value)
{
    if (strchr(value, '.')) {
        options->fail_at_point = value;
        return true;
    }
    return parse_u32(value, 1, UINT32_MAX, &options->fail_at);
}

static bool set_defect(options_t *options, const char *value)
{
    (void)options;
    return defect_plant(value);
}

static bool set_damage(options_t *options, const char *value)
{
    size_t count = 0;
    while (count < OPTIONS_DAMAGE_LIMIT && options->damage[count]) {
        count++;
    }
    if (count == OPTIONS_DAMAGE_LIMIT) {
        return false;
    }
    options->damage[count] = value;
    return strchr(value, '=') != NULL;
}

static bool set_max_boots(options_t *options, const char *value)
{
    uint32_t number;
    bool is_right = parse_u32(value, 1, 1000000, &number);
    options->max_boots = is_right ? number : 0;
    return is_right;
}

static bool set_wdt_time(options_t *options, const char *value)
{
    uint32_t number;
    bool is_right = parse_u32(value, 1, 3600000, &number);
    options->wdt_time_ms = is_right ? number : options->wdt_time_ms;
    return is_right;
}

static bool set_gpio(options_t *options, const char *value)
{
    char rest;
    unsigned pin, level;
    if (sscanf(value, "%2u=%1u%c", &pin, &level, &rest) != 2 || pin >= GPIO_NUM_MAX || level > 1) {
        return false;
    }
    uint64_t bit = (uint64_t)1 << pin;
    options->held_pins |= bit;
    options->held_high = (options->held_high & ~bit) | (level ? bit : 0);
    return true;
}

static bool set_log_level(options_t *options, const char *value)
{
    static const char *const names[] = {"none", "error", "warn", "info", "debug", "verbose"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(value, names[i]) == 0) {
            options->log_level = (esp_log_level_t)i;
            return true;
        }
    }
    return false;
}

static bool set_trace(options_t *options, const char *value)
{
    (void)value;
    options->trace = true;
    return true;
}

static const struct {
    const char *name;
    const char *value; /* NULL: it takes none */
    const char *help;
    set_option_t set;
} known[] = {
    {"flash", "FILE", "the flash chip; made if there is none", set_flash},
    {"efuse", "FILE", "the eFuses; beside the flash, with .efuse, by default", set_efuse},
    {"ca", "FILE", "what the app has as server_certs/ca_cert.pem", set_ca},
    {"ca-bundle", "FILE", "the roots of the certificate bundle, PEM", set_ca_bundle},
    {"url", "URL", "typed on the console in the first boot", set_url},
    {"method", "native|simple|advanced|guarded", "typed before it, as `method ...`", set_method},
    {"chip", "NAME", "esp32 (default), esp32s3, esp32c3 ...", set_chip},
    {"chip-revision", "M.N", "3.0 by default", set_chip_revision},
    {"efuse-block-revision", "M.N", "0.0 by default", set_efuse_revision},
    {"rollback", "on|off", "CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE; on by default", set_rollback},
    {"anti-rollback", "0...32", "CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK, and the version that is burnt",
     set_anti_rollback},
    {"signed", NULL, "CONFIG_SECURE_SIGNED_ON_UPDATE_NO_SECURE_BOOT", set_signed},
    {"factory", "FILE", "the app image of a flash that is made; a small one of the board's own by default",
     set_factory},
    {"no-factory", NULL, "a flash that is made has no factory slot, as with --anti-rollback: its app is in ota_0",
     set_no_factory},
    {"slot-size", "64K, 128K...16M", "of a flash that is made, a multiple of 64K; 1M by default",
     set_slot_size},
    {"timeout-ms", "1...3600000", "the app's receive timeout; 5000 by default", set_timeout},
    {"kconfig", "NAME=NUMBER", "a value of Kconfig that is not the build's; may be repeated",
     set_kconfig},
    {"tls-in-length", "512...16384", "CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN; 16384 by default",
     set_tls_in_length},
    {"basic-auth", NULL, "CONFIG_ESP_HTTP_CLIENT_ENABLE_BASIC_AUTH", set_basic_auth},
    {"have-time", "YYYY-MM-DD[Thh:mm:ssZ]", "a clock that is set, and certificates' dates are checked",
     set_have_time},
    {"gpio", "PIN=0|1", "what an input is held at; may be repeated", set_gpio},
    {"cut-after", "N[:BYTES]", "cuts the power before the flash operation N, or in its middle: behind so many bytes of a\n"
     "        program; an erase leaves garbage, another for each number",
     set_cut_after},
    {"cut-at", "PARTITION.erase|write[#N][:BYTES]",
     "the same for the Nth such operation on a partition, as in otadata.write#2:24", set_cut_at},
    {"fail-at", "N|PARTITION.erase|write[#N]", "makes that flash operation fail", set_fail_at},
    {"damage", "PLACE=WHAT", "what the flash suffers before the power is on; may be repeated:\n"
     "        PARTITION=erase, PARTITION+OFFSET=HEX bytes, or an entry of otadata with a sequence number and a\n"
     "        state, as in otadata.0=2:VALID or otadata.1=3:NEW:bad-crc; partition-table is a place too",
     set_damage},
    {"defect", "NAME", "a defect on purpose, so that a test can be seen to find it; --defects lists them",
     set_defect},
    {"max-boots", "N", "ends instead of the boot after the Nth", set_max_boots},
    {"wdt-time-ms", "1...3600000", "CONFIG_BOOTLOADER_WDT_TIME_MS; 9000 by default", set_wdt_time},
    {"task-wdt", "log|panic", "CONFIG_ESP_TASK_WDT_PANIC; log by default", set_task_watchdog},
    {"log-level", "none|error|warn|info|debug|verbose", "info by default", set_log_level},
    {"trace", NULL, "each flash operation on the standard error", set_trace},
    {"report", "FILE", "what happens, as lines of JSON", set_report},
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

static size_t find(const char *word, size_t length)
{
    size_t i = 0;
    while (i < KNOWN && (strncmp(known[i].name, word, length) != 0 || known[i].name[length] != 0)) {
        i++;
    }
    return i;
}

static options_result_t check_whole(const options_t *options, char *error, size_t error_size)
{
    const char *wrong = NULL;
    if (!options->flash) {
        wrong = "--flash is missing: name the file that is the flash chip; it is made if there is none";
    } else if (board.anti_rollback && !board.rollback) {
        wrong = "--anti-rollback needs --rollback on";
    } else if (options->url && strpbrk(options->url, "\r\n")) {
        wrong = "--url is one line";
    }
    if (wrong) {
        snprintf(error, error_size, "%s", wrong);
    }
    return wrong ? OPTIONS_WRONG : OPTIONS_RUN;
}

options_result_t options_parse(int count, char *const words[], options_t *options, char *error,
                               size_t error_size)
{
    *options = (options_t){.slot_size = PARTITION_TABLE_SLOT_SIZE,
                           .cut_bytes = -1,
                           .wdt_time_ms = CONFIG_BOOTLOADER_WDT_TIME_MS,
                           .log_level = CONFIG_LOG_DEFAULT_LEVEL};
    for (int i = 0; i < count; i++) {
        const char *word = words[i];
        if (strcmp(word, "--defects") == 0) {
            return OPTIONS_DEFECTS;
        }
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            return OPTIONS_HELP;
        }
        size_t length = strcspn(word, "=");
        size_t which = strncmp(word, "--", 2) == 0 ? find(word + 2, length - 2) : KNOWN;
        if (which == KNOWN) {
            snprintf(error, error_size, "%.*s is no option; --help lists them", (int)length, word);
            return OPTIONS_WRONG;
        }
        const char *value = word[length] == '=' ? word + length + 1 : NULL;
        if (value && !known[which].value) {
            snprintf(error, error_size, "--%s takes no value", known[which].name);
            return OPTIONS_WRONG;
        }
        if (!value && known[which].value) {
            value = i + 1 < count ? words[++i] : NULL;
            if (!value) {
                snprintf(error, error_size, "--%s needs a value: %s", known[which].name,
                         known[which].value);
                return OPTIONS_WRONG;
            }
        }
        if (!known[which].set(options, value ? value : "")) {
            snprintf(error, error_size, "--%s: \"%s\" is not %s", known[which].name, value,
                     known[which].value);
            return OPTIONS_WRONG;
        }
    }
    return check_whole(options, error, error_size);
}

void options_print_help(void)
{
    printf("Usage: virtual-board --flash FILE [--ca FILE] [--url URL] [options]\n"
           "       virtual-board sweep [--flash FILE] --url URL [--jobs N] [options]\n\n"
           "Runs an ESP-IDF app on a virtual board, with its console on the standard streams.\n\n"
           "sweep runs an update once for each place where the power can be cut: before each flash\n"
           "operation, and in its middle. After each cut the board must boot, the old app or the new\n"
           "one must run, whole, and a second attempt must end with the new one. It begins with a copy\n"
           "of the flash, or with a new one, in --jobs runs at once. --report tells of each cut.\n\n");
    for (size_t i = 0; i < KNOWN; i++) {
        printf("  --%s%s%s\n        %s\n", known[i].name, known[i].value ? " " : "",
               known[i].value ? known[i].value : "", known[i].help);
    }
    printf("  --defects\n        lists the defects that there are, and the update methods that show each\n");
    printf("  --help\n\n"
           "Exit status: 0 if the app has ended, or waits where the console's input ends;\n"
           "1 if the board cannot be set up; 3 if it would boot more often than --max-boots;\n"
           "4 if no app boots, for ever; 5 if a cut of a sweep broke a demand; 64 if the command line\n"
           "is wrong; 75 if the power is cut.\n");
}

void options_print_defects(void)
{
    for (int i = 0; i < DEFECT_COUNT; i++) {
        printf("%s\t%s\t%s\n", defects[i].name, defects[i].methods, defects[i].summary);
    }
}
