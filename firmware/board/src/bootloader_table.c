#include "bootloader_table.h"

#include <inttypes.h>
#include <string.h>

#include "board/partition_table.h"
#include "esp_log.h"

static const char *TAG = "boot";

/* Notes an app's place, and says what the list calls it. */
static const char *note_app(bootloader_table_t *table, const esp_partition_info_t *row)
{
    switch (row->subtype) {
    case PART_SUBTYPE_FACTORY: table->factory = row->pos; return "factory app";
    case PART_SUBTYPE_TEST: table->test = row->pos; return "test app";
    default: break;
    }
    if ((row->subtype & ~PART_SUBTYPE_OTA_MASK) != PART_SUBTYPE_OTA_FLAG) {
        return "Unknown app";
    }
    table->ota[row->subtype & PART_SUBTYPE_OTA_MASK] = row->pos;
    table->app_count++;
    return "OTA app";
}

static const char *note_data(bootloader_table_t *table, const esp_partition_info_t *row)
{
    switch (row->subtype) {
    case PART_SUBTYPE_DATA_OTA: table->ota_info = row->pos; return "OTA data";
    case PART_SUBTYPE_DATA_RF: return "RF data";
    case PART_SUBTYPE_DATA_WIFI: return "WiFi data";
    case PART_SUBTYPE_DATA_NVS_KEYS: return "NVS keys";
    case PART_SUBTYPE_DATA_EFUSE_EM: return "efuse";
    default: return "Unknown data";
    }
}

static const char *note(bootloader_table_t *table, const esp_partition_info_t *row)
{
    switch (row->type) {
    case PART_TYPE_APP: return note_app(table, row);
    case PART_TYPE_DATA: return note_data(table, row);
    default: return "Unknown";
    }
}

esp_err_t bootloader_table_load(bootloader_table_t *table)
{
    memset(table, 0, sizeof(*table));
    esp_err_t error = partition_table_load();
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "Failed to verify partition table");
        ESP_LOGE(TAG, "load partition table error!");
        return error;
    }
    int count;
    const esp_partition_info_t *rows = partition_table_rows(&count);
    ESP_LOGI(TAG, "Partition Table:");
    ESP_LOGI(TAG, "## Label            Usage          Type ST Offset   Length");
    for (int index = 0; index < count; index++) {
        const esp_partition_info_t *row = &rows[index];
        ESP_LOGI(TAG, "%2d %-16.16s %-16s %02x %02x %08" PRIx32 " %08" PRIx32, index,
                 (const char *)row->label, note(table, row), row->type, row->subtype,
                 row->pos.offset, row->pos.size);
    }
    ESP_LOGI(TAG, "End of partition table");
    return ESP_OK;
}
