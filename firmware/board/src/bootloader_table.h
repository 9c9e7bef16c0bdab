/* The partition table as the second-stage bootloader sees it. */
#pragma once

#include "esp_err.h"
#include "esp_flash_partitions.h"

/* A place of size 0 is one that the table does not have. */
typedef struct {
    esp_partition_pos_t ota_info;
    esp_partition_pos_t factory;
    esp_partition_pos_t test;
    esp_partition_pos_t ota[16]; /* by number */
    uint32_t app_count;          /* rows that are OTA slots, whatever their numbers */
} bootloader_table_t;

/* Reads and verifies the table, and lists it on the console. */
esp_err_t bootloader_table_load(bootloader_table_t *table);
