/* What stands in flash at the partition table and in otadata (ESP-IDF Programming Guide, "Partition
 * Tables" and "Over The Air Updates (OTA)"). */
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_PARTITION_MAGIC 0x50AA
#define ESP_PARTITION_MAGIC_MD5 0xEBEB
#define ESP_PARTITION_MD5_OFFSET 16

#define ESP_BOOTLOADER_OFFSET 0x1000
#define ESP_PARTITION_TABLE_OFFSET 0x8000
#define ESP_PARTITION_TABLE_MAX_LEN 0xC00
#define ESP_PARTITION_TABLE_MAX_ENTRIES                                                            \
    (ESP_PARTITION_TABLE_MAX_LEN / sizeof(esp_partition_info_t))

#define PART_TYPE_APP 0x00
#define PART_SUBTYPE_FACTORY 0x00
#define PART_SUBTYPE_OTA_FLAG 0x10
#define PART_SUBTYPE_OTA_MASK 0x0F
#define PART_SUBTYPE_TEST 0x20
#define PART_TYPE_DATA 0x01
#define PART_SUBTYPE_DATA_OTA 0x00
#define PART_SUBTYPE_DATA_RF 0x01
#define PART_SUBTYPE_DATA_WIFI 0x02
#define PART_SUBTYPE_DATA_NVS_KEYS 0x04
#define PART_SUBTYPE_DATA_EFUSE_EM 0x05
#define PART_TYPE_END 0xFF
#define PART_SUBTYPE_END 0xFF

#define PART_FLAG_ENCRYPTED (1u << 0)
#define PART_FLAG_READONLY (1u << 1)

/* What became of the app that an otadata entry chooses. */
typedef enum {
    ESP_OTA_IMG_NEW = 0,
    ESP_OTA_IMG_PENDING_VERIFY = 1,
    ESP_OTA_IMG_VALID = 2,
    ESP_OTA_IMG_INVALID = 3,
    ESP_OTA_IMG_ABORTED = 4,
    ESP_OTA_IMG_UNDEFINED = 0xFFFFFFFF,
} esp_ota_img_states_t;

/* One at the beginning of each of otadata's two sectors. */
typedef struct {
    uint32_t ota_seq;
    uint8_t seq_label[20];
    uint32_t ota_state; /* esp_ota_img_states_t; the CRC does not cover it */
    uint32_t crc;       /* of ota_seq alone */
} esp_ota_select_entry_t;

typedef struct {
    uint32_t offset;
    uint32_t size;
} esp_partition_pos_t;

/* A row of the partition table. */
typedef struct {
    uint16_t magic;
    uint8_t type;
    uint8_t subtype;
    esp_partition_pos_t pos;
    uint8_t label[16];
    uint32_t flags;
} esp_partition_info_t;

static_assert(sizeof(esp_ota_select_entry_t) == 32, "as it stands in flash");
static_assert(sizeof(esp_partition_info_t) == 32, "as it stands in flash");

/* Whether a table of ESP_PARTITION_TABLE_MAX_LEN bytes can be used: ESP_OK, and how many partitions
 * it has, or ESP_ERR_INVALID_STATE. */
esp_err_t esp_partition_table_verify(const esp_partition_info_t *table, bool log_errors,
                                     int *num_partitions);

#ifdef __cplusplus
}
#endif
