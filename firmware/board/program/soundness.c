/* What is wrong with the board's files, in the words that the chip has for it where it has any. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "board/flash.h"
#include "board/image.h"
#include "board/partition_table.h"
#include "esp_log.h"
#include "esp_partition.h"
#include "program.h"

static char objection[256];

/* Keeps a line of the log, without its level, time and tag. */
static int keep_line(const char *format, va_list arguments)
{
    char line[256];
    int count = vsnprintf(line, sizeof(line), format, arguments);
    const char *text = strstr(line, ": ");
    snprintf(objection, sizeof(objection), "%s", text ? text + 2 : line);
    objection[strcspn(objection, "\n")] = 0;
    return count;
}

/* NULL, or what the log says of the error, which goes nowhere else. */
static const char *objection_of(esp_err_t (*check)(void))
{
    esp_log_level_t level = esp_log_level_get("*");
    esp_log_level_set("*", ESP_LOG_ERROR);
    vprintf_like_t console = esp_log_set_vprintf(keep_line);
    snprintf(objection, sizeof(objection), "the flash ends before it does");
    esp_err_t error = check();
    esp_log_set_vprintf(console);
    esp_log_level_set("*", level);
    return error == ESP_OK ? NULL : objection;
}

const char *table_objection(void) { return objection_of(partition_table_load); }

static esp_err_t verify_first_app(void)
{
    const esp_partition_t *app
        = esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_ANY, NULL);
    esp_app_desc_t descriptor;
    if (board.anti_rollback
        && image_descriptor(app->address, app->size, &descriptor) != ESP_OK) {
        snprintf(objection, sizeof(objection), "it has no app descriptor, as anti-rollback needs");
        return ESP_ERR_NOT_FOUND;
    }
    image_t image;
    return image_verify(app->address, app->size, IMAGE_BY_BOOTLOADER, false, &image);
}

const char *first_app_objection(void) { return objection_of(verify_first_app); }

static bool overlap(const esp_partition_pos_t *one, const esp_partition_pos_t *other)
{
    return one->offset < other->offset + other->size && other->offset < one->offset + one->size;
}

static bool is_misplaced(const esp_partition_info_t *rows, int index)
{
    const esp_partition_info_t *row = &rows[index];
    const char *label = (const char *)row->label;
    uint32_t unit = row->type == PART_TYPE_APP ? 0x10000 : FLASH_SECTOR;
    const esp_partition_pos_t table = {0, ESP_PARTITION_TABLE_OFFSET + FLASH_SECTOR};
    if (row->pos.offset % unit != 0) {
        snprintf(objection, sizeof(objection),
                 "partition \"%.16s\" begins at 0x%" PRIx32 ", which is no multiple of 0x%" PRIx32,
                 label, row->pos.offset, unit);
        return true;
    }
    if (overlap(&row->pos, &table)) {
        snprintf(objection, sizeof(objection),
                 "partition \"%.16s\" lies where the bootloader and the table are", label);
        return true;
    }
    for (int before = 0; before < index; before++) {
        if (overlap(&row->pos, &rows[before].pos)) {
            snprintf(objection, sizeof(objection), "partitions \"%.16s\" and \"%.16s\" overlap",
                     (const char *)rows[before].label, label);
            return true;
        }
    }
    return false;
}

const char *layout_objection(void)
{
    int count;
    const esp_partition_info_t *rows = partition_table_rows(&count);
    for (int index = 0; index < count; index++) {
        if (is_misplaced(rows, index)) {
            return objection;
        }
    }
    return NULL;
}
