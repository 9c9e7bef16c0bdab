#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "board/efuse.h"
#include "board/flash.h"
#include "board/partition_table.h"
#include "esp_efuse.h"
#include "program.h"

#define LARGEST_FLASH (64u << 20)

/* The smallest of the chips on sale that such slots fit into, and no less than 4 MiB. */
static uint32_t size_of_new_flash(const options_t *options)
{
    uint64_t needed = 0x10000 + (uint64_t)(options->no_factory ? 2 : 3) * options->slot_size;
    uint32_t size = 4u << 20;
    while (size < needed) {
        size *= 2;
    }
    return size;
}

static void open_flash(const options_t *options)
{
    bool is_new;
    if (flash_open(options->flash, &is_new) != ESP_OK) {
        fail(EXIT_NO_SETUP,
             "the flash %s cannot be opened: %m; --flash is to name a file that can be read and "
             "written, in a folder that is there", options->flash);
    }
}

static void refuse_image(const options_t *options, const char *why) __attribute__((noreturn));
static void refuse_image(const options_t *options, const char *why)
{
    remove(options->flash);
    fail(EXIT_NO_SETUP,
         "the factory image %s is refused: %s; --factory is to name an app image for this chip",
         options->factory ? options->factory : "of the board", why);
}

static void make_flash(const options_t *options)
{
    size_t size;
    uint8_t *image = options->factory ? (uint8_t *)read_file(options->factory, &size)
                                      : factory_image(options->secure_version, &size);
    board.flash_size = size_of_new_flash(options);
    open_flash(options);
    partition_table_layout_t layout =
        options->no_factory ? PARTITION_TABLE_NO_FACTORY : PARTITION_TABLE_TWO_OTA;
    esp_err_t error = partition_table_make(layout, options->slot_size, image, size);
    free(image);
    if (error != ESP_OK) {
        char why[128];
        snprintf(why, sizeof(why),
                 "its %zu bytes do not fit in a slot of %u, and --slot-size makes larger ones",
                 size, (unsigned)options->slot_size);
        refuse_image(options, why);
    }
    const char *why = table_objection();
    why = why ? why : first_app_objection();
    if (why) {
        refuse_image(options, why);
    }
}

/* A chip whose table is not sound shows that itself, by never running an app. */
static void check_layout(const options_t *options)
{
    const char *why = table_objection() ? NULL : layout_objection();
    if (why) {
        fail(EXIT_NO_SETUP,
             "the partition table in %s at 0x8000 is refused: %s; write one there that "
             "gen_esp32part.py takes, or " ANOTHER_FLASH, options->flash, why);
    }
}

static void setup_flash(const options_t *options, bool is_first_boot)
{
    struct stat status;
    if (stat(options->flash, &status) != 0) {
        make_flash(options);
        return;
    }
    if (!S_ISREG(status.st_mode) || status.st_size == 0 || status.st_size % FLASH_SECTOR != 0
        || status.st_size > LARGEST_FLASH) {
        fail(EXIT_NO_SETUP,
             "%s is no flash chip: it must be a file of 4096 bytes or a multiple of them, up to "
             "64 MiB; " ANOTHER_FLASH, options->flash);
    }
    board.flash_size = (uint32_t)status.st_size;
    open_flash(options);
    if (is_first_boot) {
        check_layout(options);
    }
}

static void setup_efuse(const options_t *options, bool is_first_boot)
{
    char *beside = NULL;
    if (!options->efuse && asprintf(&beside, "%s.efuse", options->flash) < 0) {
        fail(EXIT_NO_SETUP, "no memory");
    }
    const char *path = options->efuse ? options->efuse : beside;
    esp_err_t error = efuse_open(path);
    if (error == ESP_ERR_INVALID_SIZE) {
        fail(EXIT_NO_SETUP,
             "%s is no eFuse file: it must have 4 bytes; with another name for --efuse a new one "
             "is made", path);
    } else if (error != ESP_OK) {
        fail(EXIT_NO_SETUP,
             "the eFuses %s cannot be read: %m; --efuse is to name a file of 4 bytes", path);
    }
    if (is_first_boot && board.anti_rollback) {
        esp_log_level_set("efuse", ESP_LOG_NONE);
        if (esp_efuse_update_secure_version(options->secure_version) != ESP_OK) {
            fail(EXIT_NO_SETUP,
                 "the secure version %u cannot be burnt: the chip has not so many eFuses, or %s "
                 "cannot be written",
                 (unsigned)options->secure_version, path);
        }
        esp_log_level_set("*", options->log_level);
    }
    free(beside);
}

void setup_storage(const options_t *options, bool is_first_boot)
{
    setup_flash(options, is_first_boot);
    setup_efuse(options, is_first_boot);
}
