/* What esp_ota_ops.h does to otadata: choosing what boots, confirming it, and giving it up. */
#include <string.h>

#include "board/board.h"
#include "board/defect.h"
#include "board/flash.h"
#include "board/image.h"
#include "board/otadata.h"
#include "esp_efuse.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_system.h"

static const char *TAG = "esp_ota_ops";

/* The otadata partition with both entries; NULL: there is none. */
static const esp_partition_t *read_otadata(esp_ota_select_entry_t entries[2])
{
    const esp_partition_t *otadata = esp_partition_find_first(
        ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA, NULL);
    if (!otadata) {
        ESP_LOGE(TAG, "not found otadata");
        return NULL;
    }
    for (size_t index = 0; index < 2; index++) {
        if (esp_partition_read(otadata, index * FLASH_SECTOR, &entries[index],
                               sizeof(entries[index])) != ESP_OK) {
            return NULL;
        }
    }
    return otadata;
}

static esp_err_t write_entry(const esp_partition_t *otadata, int index,
                             esp_ota_select_entry_t *entry)
{
    entry->crc = otadata_crc(entry);
    size_t sector = (size_t)index * FLASH_SECTOR;
    esp_err_t error = esp_partition_erase_range(otadata, sector, FLASH_SECTOR);
    return error == ESP_OK ? esp_partition_write(otadata, sector, entry, sizeof(*entry)) : error;
}

static const esp_partition_t *find_app(esp_partition_subtype_t subtype)
{
    return esp_partition_find_first(ESP_PARTITION_TYPE_APP, subtype, NULL);
}

/* NULL: there are no slots, or not that one. */
static const esp_partition_t *slot_of(const esp_ota_select_entry_t *entry)
{
    uint32_t slots = esp_ota_get_app_partition_count();
    return slots == 0 ? NULL : find_app(ESP_PARTITION_SUBTYPE_OTA(otadata_slot(entry, slots)));
}

/* What the bootloader begins with if otadata chooses nothing. */
static const esp_partition_t *find_default(void)
{
    const esp_partition_t *app = find_app(ESP_PARTITION_SUBTYPE_APP_FACTORY);
    for (int slot = 0; !app && slot < 16; slot++) {
        app = find_app(ESP_PARTITION_SUBTYPE_OTA(slot));
    }
    app = app ? app : find_app(ESP_PARTITION_SUBTYPE_APP_TEST);
    if (!app) {
        ESP_LOGE(TAG, "invalid partition table, no app partitions");
    }
    return app;
}

static bool verifies(const esp_partition_t *slot, bool is_silent)
{
    image_t image;
    return image_verify(slot->address, slot->size, IMAGE_BY_APP, is_silent, &image) == ESP_OK;
}

static bool is_secure_enough(const esp_partition_t *slot)
{
    esp_app_desc_t descriptor;
    return !board.anti_rollback
        || (esp_ota_get_partition_description(slot, &descriptor) == ESP_OK
            && esp_efuse_check_secure_version(descriptor.secure_version));
}

static esp_err_t select_factory(void)
{
    const esp_partition_t *otadata = esp_partition_find_first(
        ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA, NULL);
    return otadata ? esp_partition_erase_range(otadata, 0, otadata->size) : ESP_ERR_NOT_FOUND;
}

static esp_err_t select_slot(uint32_t slot)
{
    esp_ota_select_entry_t entries[2];
    const esp_partition_t *otadata = read_otadata(entries);
    if (!otadata) {
        return ESP_ERR_NOT_FOUND;
    }
    uint32_t slots = esp_ota_get_app_partition_count();
    if (slot >= slots) {
        return ESP_ERR_INVALID_ARG;
    }
    int active = otadata_active(entries);
    int target = active < 0 ? 0 : 1 - active;
    uint32_t seq = active < 0 ? slot + 1
                              : otadata_next_seq(entries[active].ota_seq, slot, slots);
    entries[target].ota_seq = seq;
    entries[target].ota_state = board.rollback ? ESP_OTA_IMG_NEW : ESP_OTA_IMG_UNDEFINED;
    return write_entry(otadata, target, &entries[target]);
}

/* ESP_OK, or why anti-rollback does not let the app boot; its slot is erased then. */
static esp_err_t check_anti_rollback(const esp_partition_t *slot)
{
    esp_app_desc_t descriptor;
    esp_err_t error = esp_ota_get_partition_description(slot, &descriptor);
    if (error != ESP_OK || esp_efuse_check_secure_version(descriptor.secure_version)) {
        return error;
    }
    ESP_LOGE(TAG, "This a new partition can not be booted due to a secure version is lower than "
                  "stored in efuse. Partition will be erased.");
    error = esp_partition_erase_range(slot, 0, slot->size);
    return error == ESP_OK ? ESP_ERR_OTA_SMALL_SEC_VER : error;
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition)
{
    if (!partition) {
        return ESP_ERR_INVALID_ARG;
    }
    if (has_defect(DEFECT_NEVER_UPDATES)) {
        return ESP_FAIL;
    }
    if (!has_defect(DEFECT_BOOTS_WHAT_IT_WRITES) && !verifies(partition, false)) {
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    if (partition->type != ESP_PARTITION_TYPE_APP) {
        return ESP_ERR_INVALID_ARG;
    }
    if (partition->subtype == ESP_PARTITION_SUBTYPE_APP_FACTORY) {
        return select_factory();
    }
    esp_err_t error = board.anti_rollback ? check_anti_rollback(partition) : ESP_OK;
    return error == ESP_OK ? select_slot(partition->subtype & PART_SUBTYPE_OTA_MASK) : error;
}

const esp_partition_t *esp_ota_get_boot_partition(void)
{
    esp_ota_select_entry_t entries[2];
    if (!read_otadata(entries)) {
        return NULL;
    }
    if ((otadata_is_invalid(&entries[0]) && otadata_is_invalid(&entries[1]))
        || esp_ota_get_app_partition_count() == 0) {
        return find_default();
    }
    int active = otadata_active(entries);
    if (active < 0) {
        ESP_LOGE(TAG, "ota data invalid, no current app. Assuming factory");
        return find_default();
    }
    return slot_of(&entries[active]);
}

const esp_partition_t *esp_ota_get_last_invalid_partition(void)
{
    esp_ota_select_entry_t entries[2];
    if (has_defect(DEFECT_FORGETS_HISTORY) || !read_otadata(entries)) {
        return NULL;
    }
    bool is_candidate[2];
    for (int index = 0; index < 2; index++) {
        const esp_ota_select_entry_t *entry = &entries[index];
        is_candidate[index] = !otadata_is_blank(entry) && otadata_is_invalid(entry)
            && entry->crc == otadata_crc(entry);
    }
    int last = otadata_choose(entries, is_candidate, false);
    const esp_partition_t *slot = last < 0 ? NULL : slot_of(&entries[last]);
    return slot && verifies(slot, true) ? slot : NULL;
}

esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition,
                                      esp_ota_img_states_t *ota_state)
{
    if (!partition || !ota_state) {
        return ESP_ERR_INVALID_ARG;
    }
    if (partition->type != ESP_PARTITION_TYPE_APP
        || partition->subtype < ESP_PARTITION_SUBTYPE_APP_OTA_MIN
        || partition->subtype >= ESP_PARTITION_SUBTYPE_APP_OTA_MAX) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    esp_ota_select_entry_t entries[2];
    if (!read_otadata(entries)) {
        return ESP_ERR_NOT_FOUND;
    }
    for (int index = 0; index < 2; index++) {
        const esp_partition_t *slot = slot_of(&entries[index]);
        if (entries[index].crc == otadata_crc(&entries[index]) && slot
            && slot->address == partition->address) {
            *ota_state = (esp_ota_img_states_t)entries[index].ota_state;
            return ESP_OK;
        }
    }
    return ESP_ERR_NOT_FOUND;
}

bool esp_ota_check_rollback_is_possible(void)
{
    esp_ota_select_entry_t entries[2];
    if (!read_otadata(entries)) {
        return false;
    }
    int active = otadata_active(entries);
    if (active < 0 || esp_ota_get_app_partition_count() == 0) {
        return false;
    }
    const esp_ota_select_entry_t *other = &entries[1 - active];
    if (otadata_is_usable(other)) {
        const esp_partition_t *slot = slot_of(other);
        return slot && verifies(slot, true) && is_secure_enough(slot);
    }
    const esp_partition_t *factory
        = board.anti_rollback ? NULL : find_app(ESP_PARTITION_SUBTYPE_APP_FACTORY);
    return factory && verifies(factory, true);
}

/* otadata and its active entry; -1: the running app cannot be confirmed nor given up. */
static int read_active(esp_ota_select_entry_t entries[2], const esp_partition_t **otadata,
                       esp_err_t *error)
{
    *otadata = read_otadata(entries);
    if (!*otadata) {
        *error = ESP_ERR_NOT_FOUND;
        return -1;
    }
    int active = esp_ota_get_app_partition_count() == 0 ? -1 : otadata_active(entries);
    if (active < 0) {
        ESP_LOGE(TAG, "Running firmware is factory");
        *error = ESP_FAIL;
    }
    return active;
}

esp_err_t esp_ota_mark_app_valid_cancel_rollback(void)
{
    esp_ota_select_entry_t entries[2];
    const esp_partition_t *otadata;
    esp_err_t error = ESP_OK;
    int active = read_active(entries, &otadata, &error);
    if (active < 0 || entries[active].ota_state == ESP_OTA_IMG_VALID) {
        return error;
    }
    if (has_defect(DEFECT_NEVER_CONFIRMS)) {
        return esp_ota_mark_app_invalid_rollback_and_reboot();
    }
    entries[active].ota_state = ESP_OTA_IMG_VALID;
    error = write_entry(otadata, active, &entries[active]);
    return error == ESP_OK && board.anti_rollback
        ? esp_efuse_update_secure_version(esp_app_get_description()->secure_version)
        : error;
}

esp_err_t esp_ota_mark_app_invalid_rollback_and_reboot(void)
{
    esp_ota_select_entry_t entries[2];
    const esp_partition_t *otadata;
    esp_err_t error = ESP_OK;
    int active = read_active(entries, &otadata, &error);
    if (active < 0) {
        return error;
    }
    if (has_defect(DEFECT_NEVER_ROLLS_BACK) || !esp_ota_check_rollback_is_possible()) {
        ESP_LOGE(TAG, "Rollback is not possible, do not have any suitable apps in slots");
        return ESP_ERR_OTA_ROLLBACK_FAILED;
    }
    entries[active].ota_state = ESP_OTA_IMG_INVALID;
    error = write_entry(otadata, active, &entries[active]);
    if (error != ESP_OK) {
        return error;
    }
    ESP_LOGI(TAG, "Rollback to previously worked partition. Restart.");
    esp_restart();
}

esp_err_t esp_ota_erase_last_boot_app_partition(void)
{
    esp_ota_select_entry_t entries[2];
    const esp_partition_t *otadata = read_otadata(entries);
    if (!otadata) {
        return ESP_FAIL;
    }
    int active = otadata_active(entries);
    if (active < 0) {
        return ESP_FAIL;
    }
    int other = 1 - active;
    if (otadata_is_blank(&entries[other])
        || entries[other].crc != otadata_crc(&entries[other])) {
        return ESP_FAIL;
    }
    const esp_partition_t *slot = slot_of(&entries[other]);
    if (!slot || slot == esp_ota_get_running_partition()) {
        return ESP_FAIL;
    }
    esp_err_t error = esp_partition_erase_range(slot, 0, slot->size);
    return error == ESP_OK
        ? esp_partition_erase_range(otadata, (size_t)other * FLASH_SECTOR, FLASH_SECTOR)
        : error;
}
