/* otadata: which slot boots (esp_ota_select_entry_t). Pure: nothing here touches the flash. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "esp_flash_partitions.h"

/* The CRC that an entry must have: of its ota_seq alone. */
uint32_t otadata_crc(const esp_ota_select_entry_t *entry);
bool otadata_is_blank(const esp_ota_select_entry_t *entry);
/* Blank, INVALID or ABORTED; the CRC is not looked at. */
bool otadata_is_invalid(const esp_ota_select_entry_t *entry);
/* Can be booted: not invalid, and the CRC is right. */
bool otadata_is_usable(const esp_ota_select_entry_t *entry);
/* 0 or 1: the usable entry with the larger ota_seq, the first if they are equal; -1: none. */
int otadata_active(const esp_ota_select_entry_t entries[2]);
/* Of the candidates the one with the larger ota_seq, or the smaller; the first if they are equal;
 * -1: none. */
int otadata_choose(const esp_ota_select_entry_t entries[2], const bool is_candidate[2],
                   bool is_larger_wanted);
/* The slot that an entry gives, of at least one. */
uint32_t otadata_slot(const esp_ota_select_entry_t *entry, uint32_t slots);
/* The ota_seq with which a slot of `slots` becomes the active one, given that of the active entry.
 * (If none is active it is slot + 1, in entry 0.) */
uint32_t otadata_next_seq(uint32_t active_seq, uint32_t slot, uint32_t slots);
