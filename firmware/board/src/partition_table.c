#include "board/partition_table.h"

#include <inttypes.h>
#include <string.h>

#include <mbedtls/md5.h>

#include "board/board.h"
#include "board/flash.h"
#include "esp_log.h"
#include "partition_list.h"

static const char *TAG = "flash_parts";

/* The board's one table. */
static esp_partition_info_t rows[ESP_PARTITION_TABLE_MAX_ENTRIES];
static int row_count;

const esp_partition_info_t *partition_table_rows(int *count)
{
    *count = row_count;
    return rows;
}

static bool is_in_flash(const esp_partition_info_t *row)
{
    return row->pos.offset <= board.flash_size
        && row->pos.size <= board.flash_size - row->pos.offset;
}

static bool has_right_md5(const esp_partition_info_t *table, int count)
{
    uint8_t md5[16];
    if (mbedtls_md5_ret((const uint8_t *)table, (size_t)count * sizeof(*table), md5) != 0) {
        return false;
    }
    const uint8_t *row = (const uint8_t *)&table[count];
    return memcmp(row + ESP_PARTITION_MD5_OFFSET, md5, sizeof(md5)) == 0;
}

#define REFUSE(...)                                                                                \
    do {                                                                                           \
        if (log_errors) {                                                                          \
            ESP_LOGE(TAG, __VA_ARGS__);                                                            \
        }                                                                                          \
        return ESP_ERR_INVALID_STATE;                                                              \
    } while (0)

esp_err_t esp_partition_table_verify(const esp_partition_info_t *table, bool log_errors,
                                     int *num_partitions)
{
    bool has_md5 = false;
    *num_partitions = 0;
    for (int index = 0; index < (int)ESP_PARTITION_TABLE_MAX_ENTRIES; index++) {
        const esp_partition_info_t *row = &table[index];
        if (row->magic == ESP_PARTITION_MAGIC) {
            if (!is_in_flash(row)) {
                REFUSE("partition %d invalid - offset 0x%" PRIx32 " size 0x%" PRIx32
                       " exceeds flash chip size 0x%" PRIx32,
                       index, row->pos.offset, row->pos.size, board.flash_size);
            }
        } else if (row->magic == ESP_PARTITION_MAGIC_MD5) {
            if (has_md5) {
                REFUSE("Only one MD5 checksum is allowed");
            }
            if (!has_right_md5(table, index)) {
                REFUSE("Incorrect MD5 checksum");
            }
            has_md5 = true;
        } else if (row->magic == 0xFFFF && row->type == PART_TYPE_END
                   && row->subtype == PART_SUBTYPE_END) {
            if (!has_md5) {
                REFUSE("No MD5 checksum found in partition table");
            }
            *num_partitions = index - 1; /* all rows before it but that with the MD5 */
            return ESP_OK;
        } else {
            REFUSE("partition %d invalid magic number 0x%x", index, row->magic);
        }
    }
    REFUSE("partition table has no terminating entry, not valid");
}

esp_err_t partition_table_load(void)
{
    esp_partition_info_t table[ESP_PARTITION_TABLE_MAX_ENTRIES];
    row_count = 0;
    esp_err_t error = flash_read(ESP_PARTITION_TABLE_OFFSET, table, sizeof(table));
    int count = 0;
    if (error == ESP_OK) {
        error = esp_partition_table_verify(table, true, &count);
    }
    for (size_t index = 0; error == ESP_OK && row_count < count; index++) {
        if (table[index].magic == ESP_PARTITION_MAGIC) {
            rows[row_count++] = table[index];
        }
    }
    partition_list_make();
    return error;
}

/* One row of a new table, and where the next partition begins. */
static uint32_t add_row(esp_partition_info_t *row, const char *label, uint8_t type,
                        uint8_t subtype, uint32_t offset, uint32_t size)
{
    memset(row, 0, sizeof(*row));
    row->magic = ESP_PARTITION_MAGIC;
    row->type = type;
    row->subtype = subtype;
    row->pos.offset = offset;
    row->pos.size = size;
    memcpy(row->label, label, strlen(label));
    return offset + size;
}

static int fill_table(partition_table_layout_t layout, uint32_t slot_size,
                      esp_partition_info_t *table, esp_partition_info_t **first_app)
{
    esp_partition_info_t *row = table;
    uint32_t end = add_row(row++, "nvs", PART_TYPE_DATA, PART_SUBTYPE_DATA_WIFI, 0x9000, 0x4000);
    end = add_row(row++, "otadata", PART_TYPE_DATA, PART_SUBTYPE_DATA_OTA, end, 0x2000);
    end = add_row(row++, "phy_init", PART_TYPE_DATA, PART_SUBTYPE_DATA_RF, end, 0x1000);
    *first_app = row;
    if (layout == PARTITION_TABLE_TWO_OTA) {
        end = add_row(row++, "factory", PART_TYPE_APP, PART_SUBTYPE_FACTORY, end, slot_size);
    }
    end = add_row(row++, "ota_0", PART_TYPE_APP, PART_SUBTYPE_OTA_FLAG, end, slot_size);
    add_row(row++, "ota_1", PART_TYPE_APP, PART_SUBTYPE_OTA_FLAG + 1, end, slot_size);
    return (int)(row - table);
}

esp_err_t partition_table_make(partition_table_layout_t layout, uint32_t slot_size,
                               const void *image, size_t image_size)
{
    if (slot_size == 0 || slot_size % 0x10000 != 0 || slot_size > 16u << 20) {
        return ESP_ERR_INVALID_ARG;
    }
    esp_partition_info_t table[ESP_PARTITION_TABLE_MAX_ENTRIES];
    memset(table, 0xFF, sizeof(table));
    esp_partition_info_t *first_app;
    int count = fill_table(layout, slot_size, table, &first_app);
    if (!is_in_flash(&table[count - 1]) || (image && image_size > slot_size)) {
        return ESP_ERR_INVALID_SIZE;
    }
    uint8_t *md5_row = (uint8_t *)&table[count];
    memset(md5_row, 0xEB, 2);
    if (mbedtls_md5_ret((const uint8_t *)table, (size_t)count * sizeof(*table),
                        md5_row + ESP_PARTITION_MD5_OFFSET) != 0) {
        return ESP_FAIL;
    }
    esp_err_t error = flash_preset(ESP_PARTITION_TABLE_OFFSET, table, sizeof(table));
    if (error == ESP_OK && image) {
        error = flash_preset(first_app->pos.offset, image, image_size);
    }
    return error;
}
