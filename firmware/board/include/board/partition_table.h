/* The partition table in flash, as the bootloader reads it, and one for a flash that is new. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_flash_partitions.h"

/* The tables that a new board can have. Slots are of one size, a multiple of 64 KiB. */
typedef enum {
    PARTITION_TABLE_TWO_OTA,    /* nvs, otadata, phy_init, factory, ota_0, ota_1 */
    PARTITION_TABLE_NO_FACTORY, /* the same without factory, for anti-rollback */
} partition_table_layout_t;

#define PARTITION_TABLE_SLOT_SIZE (1u << 20)

/* Writes a table into a blank flash, and an image into its first app partition unless that is NULL.
 * These are no operations: they happen before the power is on. ESP_ERR_INVALID_ARG: the slot's size
 * is no multiple of 64 KiB, or larger than 16 MiB; ESP_ERR_INVALID_SIZE: the slots do not fit in
 * the flash, or the image in its slot. */
esp_err_t partition_table_make(partition_table_layout_t layout, uint32_t slot_size,
                               const void *image, size_t image_size);

/* Reads and verifies the table; says on the console what is wrong. From here on esp_partition_* see
 * it. ESP_ERR_INVALID_STATE: it is not sound, and there are no partitions. */
esp_err_t partition_table_load(void);

/* The rows that were loaded, in the table's order. */
const esp_partition_info_t *partition_table_rows(int *count);
