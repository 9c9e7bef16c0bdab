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
static uint32_t size_of_new_flash(uint32_t slot_size)
{
    uint64_t needed = 0x10000 + (uint64_t)(board.anti_rollback ? 2 : 3) * slot_size;
    uint32_t size = 4u << 20;
    while (size < needed) {
        size *= 2;
    }
    return size;
}

static void make_flash(const options_t *options)
{
    size_t size;
    uint8_t *image = options->factory ? (uint8_t *)read_file(options->factory, &size)
                                      : factory_image(&size);
    partition_table_layout_t layout =
        board.anti_rollback ? PARTITION_TABLE_NO_FACTORY : PARTITION_TABLE_TWO_OTA;
    esp_err_t error = partition_table_make(layout, options->slot_size, image, size);
    free(image);
    if (error != ESP_OK) {
        remove(options->flash);
        fail(EXIT_NO_SETUP, "the image %s of %zu bytes does not fit in a slot of %u",
             options->factory ? options->factory : "of the factory", size,
             (unsigned)options->slot_size);
    }
}

static void setup_flash(const options_t *options)
{
    struct stat status;
    if (stat(options->flash, &status) != 0) {
        board.flash_size = size_of_new_flash(options->slot_size);
    } else if (!S_ISREG(status.st_mode) || status.st_size == 0 ||
               status.st_size % FLASH_SECTOR != 0 || status.st_size > LARGEST_FLASH) {
        fail(EXIT_NO_SETUP,
             "%s is no flash chip: it must be a file of 4096 bytes or a multiple of them, up to 64 MiB; "
             "with another name for --flash a new one is made",
             options->flash);
    } else {
        board.flash_size = (uint32_t)status.st_size;
    }
    bool is_new = false;
    if (flash_open(options->flash, &is_new) != ESP_OK) {
        fail(EXIT_NO_SETUP, "the flash %s cannot be opened: %m", options->flash);
    }
    if (is_new) {
        make_flash(options);
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
        fail(EXIT_NO_SETUP, "%s is no eFuse file: it must have 4 bytes", path);
    } else if (error != ESP_OK) {
        fail(EXIT_NO_SETUP, "the eFuses %s cannot be read: %m", path);
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
    setup_flash(options);
    setup_efuse(options, is_first_boot);
}
