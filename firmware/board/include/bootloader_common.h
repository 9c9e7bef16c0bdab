/* What the bootloader and apps have in common. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "esp_app_desc.h"
#include "esp_err.h"
#include "esp_flash_partitions.h"
#include "esp_image_format.h"

#ifdef __cplusplus
extern "C" {
#endif

uint32_t bootloader_common_ota_select_crc(const esp_ota_select_entry_t *entry);
/* Blank, INVALID or ABORTED; the CRC is not looked at. */
bool bootloader_common_ota_select_invalid(const esp_ota_select_entry_t *entry);
/* Not so, and the CRC is right. */
bool bootloader_common_ota_select_valid(const esp_ota_select_entry_t *entry);
/* 0 or 1: the valid entry with the larger ota_seq; -1: none. */
int bootloader_common_get_active_otadata(esp_ota_select_entry_t *two_otadata);
/* Of the entries that are marked valid, that with the larger ota_seq, or the smaller. */
int bootloader_common_select_otadata(const esp_ota_select_entry_t *two_otadata,
                                     bool *valid_two_otadata, bool max);
/* Of PART_TYPE_APP as esp_partition_get_sha256 says; of any other type, of all. */
esp_err_t bootloader_common_get_sha256_of_partition(uint32_t address, uint32_t size, int type,
                                                    uint8_t *out_sha_256);

#ifdef __cplusplus
}
#endif
