/* Partitions: finding, reading, writing and erasing them (ESP-IDF Programming Guide, "Partitions
 * API"). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ESP_PARTITION_TYPE_APP = 0x00,
    ESP_PARTITION_TYPE_DATA = 0x01,
    ESP_PARTITION_TYPE_ANY = 0xFF,
} esp_partition_type_t;

/* Its meaning depends on the type. */
typedef enum {
    ESP_PARTITION_SUBTYPE_APP_FACTORY = 0x00,
    ESP_PARTITION_SUBTYPE_APP_OTA_MIN = 0x10,
    ESP_PARTITION_SUBTYPE_APP_OTA_0 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN,
    ESP_PARTITION_SUBTYPE_APP_OTA_1,
    ESP_PARTITION_SUBTYPE_APP_OTA_2,
    ESP_PARTITION_SUBTYPE_APP_OTA_3,
    ESP_PARTITION_SUBTYPE_APP_OTA_4,
    ESP_PARTITION_SUBTYPE_APP_OTA_5,
    ESP_PARTITION_SUBTYPE_APP_OTA_6,
    ESP_PARTITION_SUBTYPE_APP_OTA_7,
    ESP_PARTITION_SUBTYPE_APP_OTA_8,
    ESP_PARTITION_SUBTYPE_APP_OTA_9,
    ESP_PARTITION_SUBTYPE_APP_OTA_10,
    ESP_PARTITION_SUBTYPE_APP_OTA_11,
    ESP_PARTITION_SUBTYPE_APP_OTA_12,
    ESP_PARTITION_SUBTYPE_APP_OTA_13,
    ESP_PARTITION_SUBTYPE_APP_OTA_14,
    ESP_PARTITION_SUBTYPE_APP_OTA_15,
    ESP_PARTITION_SUBTYPE_APP_OTA_MAX,
    ESP_PARTITION_SUBTYPE_APP_TEST = 0x20,

    ESP_PARTITION_SUBTYPE_DATA_OTA = 0x00,
    ESP_PARTITION_SUBTYPE_DATA_PHY = 0x01,
    ESP_PARTITION_SUBTYPE_DATA_NVS = 0x02,
    ESP_PARTITION_SUBTYPE_DATA_COREDUMP = 0x03,
    ESP_PARTITION_SUBTYPE_DATA_NVS_KEYS = 0x04,
    ESP_PARTITION_SUBTYPE_DATA_EFUSE_EM = 0x05,
    ESP_PARTITION_SUBTYPE_DATA_UNDEFINED = 0x06,
    ESP_PARTITION_SUBTYPE_DATA_ESPHTTPD = 0x80,
    ESP_PARTITION_SUBTYPE_DATA_FAT = 0x81,
    ESP_PARTITION_SUBTYPE_DATA_SPIFFS = 0x82,
    ESP_PARTITION_SUBTYPE_DATA_LITTLEFS = 0x83,

    ESP_PARTITION_SUBTYPE_ANY = 0xFF,
} esp_partition_subtype_t;

#define ESP_PARTITION_SUBTYPE_OTA(i)                                                               \
    ((esp_partition_subtype_t)(ESP_PARTITION_SUBTYPE_APP_OTA_MIN + ((i) & 0xf)))

typedef struct esp_flash_t esp_flash_t;

typedef struct {
    esp_flash_t *flash_chip; /* NULL: the board has one */
    esp_partition_type_t type;
    esp_partition_subtype_t subtype;
    uint32_t address;
    uint32_t size;
    uint32_t erase_size;
    char label[17];
    bool encrypted;
    bool readonly;
} esp_partition_t;

typedef struct esp_partition_iterator_opaque_ *esp_partition_iterator_t;
typedef uint32_t esp_partition_mmap_handle_t;

typedef enum {
    ESP_PARTITION_MMAP_DATA,
    ESP_PARTITION_MMAP_INST,
} esp_partition_mmap_memory_t;

/* The partitions of a type, of a subtype unless that is ANY, of a label unless that is NULL, in the
 * table's order. NULL: there are none. The iterator ends by itself at the end. */
esp_partition_iterator_t esp_partition_find(esp_partition_type_t type,
                                            esp_partition_subtype_t subtype, const char *label);
const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype,
                                                const char *label);
const esp_partition_t *esp_partition_get(esp_partition_iterator_t iterator);
esp_partition_iterator_t esp_partition_next(esp_partition_iterator_t iterator);
void esp_partition_iterator_release(esp_partition_iterator_t iterator);

/* The table's own record of that partition; NULL if the table has no such. */
const esp_partition_t *esp_partition_verify(const esp_partition_t *partition);

/* ESP_ERR_INVALID_ARG: it begins beyond the end, or is not aligned; ESP_ERR_INVALID_SIZE: it ends
 * beyond the end; ESP_ERR_NOT_ALLOWED: read-only; or the flash's error. */
esp_err_t esp_partition_read(const esp_partition_t *partition, size_t offset, void *to,
                             size_t size);
esp_err_t esp_partition_write(const esp_partition_t *partition, size_t offset, const void *from,
                              size_t size);
/* The same: the board's flash is not encrypted. */
esp_err_t esp_partition_read_raw(const esp_partition_t *partition, size_t offset, void *to,
                                 size_t size);
esp_err_t esp_partition_write_raw(const esp_partition_t *partition, size_t offset,
                                  const void *from, size_t size);
esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size);

/* Puts a part of the flash where it can be read as memory. It follows what is written later. */
esp_err_t esp_partition_mmap(const esp_partition_t *partition, size_t offset, size_t size,
                             esp_partition_mmap_memory_t memory, const void **pointer,
                             esp_partition_mmap_handle_t *handle);
void esp_partition_munmap(esp_partition_mmap_handle_t handle);

/* Of an app: its appended digest, or the SHA-256 of the image if it has none; ESP_ERR_IMAGE_INVALID
 * if the image does not verify. Of data: the SHA-256 of the whole partition. 32 bytes. */
esp_err_t esp_partition_get_sha256(const esp_partition_t *partition, uint8_t *sha_256);
/* Whether both have the same SHA-256. */
bool esp_partition_check_identity(const esp_partition_t *first, const esp_partition_t *second);

#ifdef __cplusplus
}
#endif
