#include "bootloader_select.h"

#include <inttypes.h>
#include <string.h>

#include "board/board.h"
#include "board/defect.h"
#include "board/flash.h"
#include "board/image.h"
#include "board/otadata.h"
#include "esp_efuse.h"
#include "esp_log.h"

static const char *TAG = "boot";

static void write_entry(const bootloader_table_t *table, int index,
                        const esp_ota_select_entry_t *entry)
{
    uint32_t sector = table->ota_info.offset + FLASH_SECTOR * (uint32_t)index;
    esp_err_t error = flash_erase(sector, FLASH_SECTOR);
    if (error == ESP_OK) {
        error = flash_program(sector, entry, sizeof(*entry));
    }
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "Error in write_otadata operation. err = 0x%x", (unsigned)error);
    }
}

static bool read_entries(const bootloader_table_t *table, esp_ota_select_entry_t entries[2])
{
    if (table->ota_info.size < 2 * FLASH_SECTOR) {
        ESP_LOGE(TAG, "ota_info partition size %" PRIu32 " is too small (minimum %u bytes)",
                 table->ota_info.size, 2 * FLASH_SECTOR);
        return false;
    }
    for (uint32_t index = 0; index < 2; index++) {
        if (flash_read(table->ota_info.offset + FLASH_SECTOR * index, &entries[index],
                       sizeof(entries[index])) != ESP_OK) {
            ESP_LOGE(TAG, "bootloader_mmap(0x%" PRIx32 ", 0x%" PRIx32 ") failed",
                     table->ota_info.offset, table->ota_info.size);
            return false;
        }
    }
    return true;
}

bool bootloader_is_secure_enough(const esp_partition_pos_t *slot)
{
    if (!board.anti_rollback) {
        return true;
    }
    esp_app_desc_t descriptor;
    esp_err_t error = image_descriptor(slot->offset, slot->size, &descriptor);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "Failed to get partition description %d", error);
        return false;
    }
    return esp_efuse_check_secure_version(descriptor.secure_version);
}

static void burn_secure_version(const esp_partition_pos_t *slot)
{
    esp_app_desc_t descriptor;
    if (image_descriptor(slot->offset, slot->size, &descriptor) == ESP_OK) {
        /* What cannot be burnt is said by the eFuses themselves, and the app boots all the same. */
        (void)esp_efuse_update_secure_version(descriptor.secure_version);
    }
}

static bool is_blank_or_torn(const esp_ota_select_entry_t *entry)
{
    return otadata_is_blank(entry) || entry->crc != otadata_crc(entry);
}

/* An app that was booted and not confirmed is given up, whatever the entry's CRC. */
static void abort_unconfirmed(const bootloader_table_t *table, esp_ota_select_entry_t entries[2])
{
    bool never = !board.rollback || has_defect(DEFECT_NEVER_ROLLS_BACK);
    for (int index = 0; !never && index < 2; index++) {
        if (entries[index].ota_state == ESP_OTA_IMG_PENDING_VERIFY) {
            ESP_LOGD(TAG, "otadata[%d] is marking as ABORTED", index);
            entries[index].ota_state = ESP_OTA_IMG_ABORTED;
            write_entry(table, index, &entries[index]);
        }
    }
}

static int choose_active(const bootloader_table_t *table, const esp_ota_select_entry_t entries[2])
{
    bool is_candidate[2];
    for (int index = 0; index < 2; index++) {
        is_candidate[index] = table->app_count > 0 && otadata_is_usable(&entries[index])
            && bootloader_is_secure_enough(
                &table->ota[otadata_slot(&entries[index], table->app_count) % 16]);
    }
    return otadata_choose(entries, is_candidate, true);
}

static void note_boot(const bootloader_table_t *table, esp_ota_select_entry_t *entry, int active,
                      int slot)
{
    if (board.rollback && entry->ota_state == ESP_OTA_IMG_NEW) {
        ESP_LOGD(TAG, "otadata[%d] is selected as new and marked PENDING_VERIFY state", active);
        entry->ota_state = ESP_OTA_IMG_PENDING_VERIFY;
        write_entry(table, active, entry);
    }
    if (board.anti_rollback && entry->ota_state == ESP_OTA_IMG_VALID) {
        burn_secure_version(&table->ota[slot]);
    }
}

static int select_active(const bootloader_table_t *table, esp_ota_select_entry_t entries[2])
{
    int active = choose_active(table, entries);
    if (active >= 0) {
        int slot = (int)(otadata_slot(&entries[active], table->app_count) % 16);
        note_boot(table, &entries[active], active, slot);
        return slot;
    }
    if (table->factory.size > 0) {
        ESP_LOGE(TAG, "ota data partition invalid, falling back to factory");
    } else {
        ESP_LOGE(TAG, "ota data partition invalid and no factory, will try all partitions");
    }
    return BOOTLOADER_FACTORY;
}

static bootloader_selection_t select_by_default(const bootloader_table_t *table, bool is_initial)
{
    if (table->factory.size > 0) {
        ESP_LOGI(TAG, "Defaulting to factory image");
        return (bootloader_selection_t){BOOTLOADER_FACTORY, false};
    }
    ESP_LOGI(TAG, "No factory image, trying OTA 0");
    return (bootloader_selection_t){0, is_initial};
}

bootloader_selection_t bootloader_select(const bootloader_table_t *table)
{
    if (table->ota_info.size == 0) {
        return (bootloader_selection_t){BOOTLOADER_FACTORY, false};
    }
    esp_ota_select_entry_t entries[2];
    if (!read_entries(table, entries)) {
        return (bootloader_selection_t){BOOTLOADER_INVALID, false};
    }
    abort_unconfirmed(table, entries);
    bool is_initial = is_blank_or_torn(&entries[0]) && is_blank_or_torn(&entries[1]);
    if (board.anti_rollback) {
        ESP_LOGI(TAG, "Enabled a check secure version of app for anti rollback");
        ESP_LOGI(TAG, "Secure version (from eFuse) = %" PRIu32, esp_efuse_read_secure_version());
        if (is_initial) {
            return (bootloader_selection_t){BOOTLOADER_FACTORY, true};
        }
    } else if ((otadata_is_invalid(&entries[0]) && otadata_is_invalid(&entries[1]))
               || table->app_count == 0) {
        return select_by_default(table, is_initial);
    }
    return (bootloader_selection_t){select_active(table, entries), false};
}

void bootloader_note_first_choice(const bootloader_table_t *table,
                                  const bootloader_selection_t *selection, int index)
{
    if (!selection->is_otadata_initial || index < 0) {
        return;
    }
    esp_ota_select_entry_t entry;
    memset(&entry, 0xFF, sizeof(entry));
    entry.ota_seq = (uint32_t)index + 1;
    entry.ota_state = ESP_OTA_IMG_VALID;
    entry.crc = otadata_crc(&entry);
    write_entry(table, 0, &entry);
    ESP_LOGI(TAG, "Set actual ota_seq=%" PRIu32 " in otadata[0]", entry.ota_seq);
    if (board.anti_rollback) {
        burn_secure_version(&table->ota[index]);
    }
}
