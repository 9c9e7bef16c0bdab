/* What befalls the flash: damage while there is no power, and operations that are cut or fail. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/flash.h"
#include "bootloader_common.h"
#include "esp_flash_partitions.h"
#include "program.h"

typedef struct {
    uint32_t address;
    uint32_t size;
} place_t;

/* The place of a label in the partition table as it lies in the flash, sound or not. */
static bool find_place(const char *label, size_t length, place_t *place)
{
    static const char table[] = "partition-table";
    if (length == sizeof(table) - 1 && strncmp(label, table, length) == 0) {
        *place = (place_t){ESP_PARTITION_TABLE_OFFSET, FLASH_SECTOR};
        return true;
    }
    esp_partition_info_t row;
    for (uint32_t at = 0; at < ESP_PARTITION_TABLE_MAX_LEN; at += sizeof(row)) {
        if (flash_read(ESP_PARTITION_TABLE_OFFSET + at, &row, sizeof(row)) != ESP_OK ||
            row.magic != ESP_PARTITION_MAGIC) {
            return false;
        }
        if (length < sizeof(row.label) && strncmp((const char *)row.label, label, length) == 0 &&
            row.label[length] == 0) {
            *place = (place_t){row.pos.offset, row.pos.size};
            return true;
        }
    }
    return false;
}

static place_t place_of(const char *option, const char *text, size_t length)
{
    place_t place;
    if (!find_place(text, length, &place)) {
        fail(EXIT_WRONG_USAGE,
             "--%s %s: the flash has no partition '%.*s'; its partition table names them", option,
             text, (int)length, text);
    }
    return place;
}

static void refuse(const char *option, const char *text, const char *form)
    __attribute__((noreturn));
static void refuse(const char *option, const char *text, const char *form)
{
    fail(EXIT_WRONG_USAGE, "--%s %s: write %s", option, text, form);
}

/* A decimal number behind a character, if that is there. */
static bool read_number(const char **text, char mark, uint32_t *number)
{
    if (**text != mark) {
        return true;
    }
    char *end;
    errno = 0;
    unsigned long value = strtoul(*text + 1, &end, 10);
    if ((*text)[1] < '0' || (*text)[1] > '9' || errno != 0 || value > INT32_MAX) {
        return false;
    }
    *number = (uint32_t)value;
    *text = end;
    return true;
}

/* PARTITION.erase|write[#N][:BYTES]; bytes is -1 without that. */
static flash_point_t point_of(const char *option, const char *text, int *bytes)
{
    static const char form[] = "PARTITION.erase or PARTITION.write, and perhaps #N and :BYTES, as in "
                               "otadata.write#2:24";
    const char *dot = strchr(text, '.');
    place_t place = place_of(option, text, (size_t)(dot - text));
    flash_point_t point = {.address = place.address, .size = place.size, .number = 1};
    const char *rest = dot + 1 + 5;
    if (strncmp(dot + 1, "erase", 5) == 0) {
        point.kind = FLASH_ERASE;
    } else if (strncmp(dot + 1, "write", 5) == 0) {
        point.kind = FLASH_WRITE;
    } else {
        refuse(option, text, form);
    }
    uint32_t part = UINT32_MAX;
    if (!read_number(&rest, '#', &point.number) || !read_number(&rest, ':', &part) || *rest ||
        point.number == 0) {
        refuse(option, text, form);
    }
    *bytes = part == UINT32_MAX ? -1 : (int)part;
    return point;
}

static void preset(const char *text, uint32_t address, const void *bytes, size_t count)
{
    if (flash_preset(address, bytes, count) != ESP_OK) {
        fail(EXIT_WRONG_USAGE, "--damage %s: that is beyond the flash's end", text);
    }
}

static void erase(const char *text, place_t place)
{
    static const uint8_t blank[FLASH_SECTOR] = {[0 ... FLASH_SECTOR - 1] = 0xFF};
    for (uint32_t at = 0; at < place.size; at += FLASH_SECTOR) {
        uint32_t left = place.size - at;
        preset(text, place.address + at, blank, left < FLASH_SECTOR ? left : FLASH_SECTOR);
    }
}

/* PARTITION+OFFSET=HEX, at the plus. */
static void write_bytes(const char *text, place_t place, const char *plus)
{
    static const char form[] = "PARTITION+OFFSET=HEX, as in ota_0+0x1000=00ff";
    char *end;
    unsigned long offset = strtoul(plus + 1, &end, 0);
    if (plus[1] < '0' || plus[1] > '9' || *end != '=' || strlen(end + 1) % 2 != 0 || !end[1] ||
        end[1 + strspn(end + 1, "0123456789abcdefABCDEF")]) {
        refuse("damage", text, form);
    }
    size_t count = strlen(end + 1) / 2;
    if (offset >= place.size || count > place.size - offset) {
        fail(EXIT_WRONG_USAGE, "--damage %s: the partition has %u bytes", text,
             (unsigned)place.size);
    }
    for (size_t i = 0; i < count; i++) {
        char digits[3] = {end[1 + 2 * i], end[2 + 2 * i], 0};
        uint8_t byte = (uint8_t)strtoul(digits, NULL, 16);
        preset(text, place.address + (uint32_t)(offset + i), &byte, 1);
    }
}

static bool state_of(const char *name, size_t length, uint32_t *state)
{
    static const struct {
        const char *name;
        uint32_t state;
    } states[] = {
        {"NEW", ESP_OTA_IMG_NEW},         {"PENDING_VERIFY", ESP_OTA_IMG_PENDING_VERIFY},
        {"VALID", ESP_OTA_IMG_VALID},     {"INVALID", ESP_OTA_IMG_INVALID},
        {"ABORTED", ESP_OTA_IMG_ABORTED}, {"UNDEFINED", ESP_OTA_IMG_UNDEFINED},
    };
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (strlen(states[i].name) == length && strncmp(states[i].name, name, length) == 0) {
            *state = states[i].state;
            return true;
        }
    }
    char *end;
    errno = 0;
    *state = (uint32_t)strtoul(name, &end, 0);
    return *name >= '0' && *name <= '9' && errno == 0 && end == name + length;
}

/* otadata.ENTRY=SEQUENCE:STATE[:bad-crc], at the dot: the entry as ESP-IDF writes it. */
static void write_entry(const char *text, place_t place, const char *dot)
{
    static const char form[] = "otadata.0 or otadata.1, then =SEQUENCE:STATE and perhaps :bad-crc, as in "
                               "otadata.0=2:VALID";
    esp_ota_select_entry_t entry;
    memset(&entry, 0xFF, sizeof(entry));
    uint32_t number = 2, sequence = UINT32_MAX;
    const char *rest = dot;
    if (!read_number(&rest, '.', &number) || number > 1 || *rest != '=') {
        refuse("damage", text, form);
    }
    char *end;
    errno = 0;
    unsigned long long value = strtoull(rest + 1, &end, 0);
    if (rest[1] < '0' || rest[1] > '9' || errno != 0 || value > UINT32_MAX || *end != ':') {
        refuse("damage", text, form);
    }
    sequence = (uint32_t)value;
    const char *state = end + 1;
    const char *colon = strchrnul(state, ':');
    if (!state_of(state, (size_t)(colon - state), &entry.ota_state) ||
        (*colon && strcmp(colon, ":bad-crc") != 0)) {
        refuse("damage", text, form);
    }
    entry.ota_seq = sequence;
    entry.crc = bootloader_common_ota_select_crc(&entry) ^ (*colon ? 1 : 0);
    place_t sector = {place.address + number * FLASH_SECTOR, FLASH_SECTOR};
    erase(text, sector);
    preset(text, sector.address, &entry, sizeof(entry));
}

static void damage(const char *text)
{
    const char *mark = text + strcspn(text, "+.=");
    place_t place = place_of("damage", text, (size_t)(mark - text));
    if (strcmp(mark, "=erase") == 0) {
        erase(text, place);
    } else if (*mark == '+') {
        write_bytes(text, place, mark);
    } else if (*mark == '.' && place.size >= 2 * FLASH_SECTOR) {
        write_entry(text, place, mark);
    } else {
        refuse("damage", text, "PARTITION=erase, PARTITION+OFFSET=HEX or otadata.0=2:VALID");
    }
}

void suffer_mishaps(const options_t *options, const run_t *run)
{
    int bytes;
    if (options->cut_at) {
        flash_point_t point = point_of("cut-at", options->cut_at, &bytes);
        flash_cut_at_point(point, bytes);
    } else {
        flash_cut_at(options->cut_after, options->cut_bytes);
    }
    if (options->fail_at_point) {
        flash_fail_at_point(point_of("fail-at", options->fail_at_point, &bytes));
    } else {
        flash_fail_at(options->fail_at);
    }
    flash_set_counts(run->counts);
    for (size_t i = 0; run->boot == 1 && i < OPTIONS_DAMAGE_LIMIT && options->damage[i]; i++) {
        damage(options->damage[i]);
    }
}
