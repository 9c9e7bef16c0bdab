#include "board/otadata.h"

#include "board/defect.h"
#include "bootloader_common.h"
#include "crc32.h"

uint32_t otadata_crc(const esp_ota_select_entry_t *entry)
{
    return crc32_of(UINT32_MAX, &entry->ota_seq, sizeof(entry->ota_seq));
}

bool otadata_is_blank(const esp_ota_select_entry_t *entry) { return entry->ota_seq == UINT32_MAX; }

bool otadata_is_invalid(const esp_ota_select_entry_t *entry)
{
    return otadata_is_blank(entry) || entry->ota_state == ESP_OTA_IMG_INVALID
        || entry->ota_state == ESP_OTA_IMG_ABORTED;
}

bool otadata_is_usable(const esp_ota_select_entry_t *entry)
{
    bool is_ignored = has_defect(DEFECT_TRUSTS_TORN_OTADATA);
    return !otadata_is_invalid(entry) && (is_ignored || entry->crc == otadata_crc(entry));
}

int otadata_choose(const esp_ota_select_entry_t entries[2], const bool is_candidate[2],
                   bool is_larger_wanted)
{
    if (!is_candidate[0] || !is_candidate[1]) {
        return is_candidate[0] ? 0 : is_candidate[1] ? 1 : -1;
    }
    if (is_larger_wanted) {
        return entries[0].ota_seq >= entries[1].ota_seq ? 0 : 1;
    }
    return entries[0].ota_seq <= entries[1].ota_seq ? 0 : 1;
}

int otadata_active(const esp_ota_select_entry_t entries[2])
{
    const bool is_usable[2] = {otadata_is_usable(&entries[0]), otadata_is_usable(&entries[1])};
    return otadata_choose(entries, is_usable, true);
}

uint32_t otadata_slot(const esp_ota_select_entry_t *entry, uint32_t slots)
{
    return (entry->ota_seq - 1) % slots;
}

/* 2^32 is reached only behind a sequence that no board lives to see; it becomes 0 there. */
uint32_t otadata_next_seq(uint32_t active_seq, uint32_t slot, uint32_t slots)
{
    uint64_t seq = (slot + 1) % slots;
    if (active_seq > seq) {
        seq += (active_seq - seq + slots - 1) / slots * slots;
    }
    return (uint32_t)seq;
}

uint32_t bootloader_common_ota_select_crc(const esp_ota_select_entry_t *entry)
{
    return otadata_crc(entry);
}

bool bootloader_common_ota_select_invalid(const esp_ota_select_entry_t *entry)
{
    return otadata_is_invalid(entry);
}

bool bootloader_common_ota_select_valid(const esp_ota_select_entry_t *entry)
{
    return otadata_is_usable(entry);
}

int bootloader_common_get_active_otadata(esp_ota_select_entry_t *two_otadata)
{
    return two_otadata ? otadata_active(two_otadata) : -1;
}

int bootloader_common_select_otadata(const esp_ota_select_entry_t *two_otadata,
                                     bool *valid_two_otadata, bool max)
{
    return two_otadata && valid_two_otadata
        ? otadata_choose(two_otadata, valid_two_otadata, max)
        : -1;
}
