#include "esp_ota_ops.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "board/board.h"
#include "board/defect.h"
#include "board/bootloader.h"
#include "board/flash.h"
#include "board/image.h"
#include "esp_app_format.h"
#include "esp_log.h"

static const char *TAG = "esp_ota_ops";

/* An update that is being written. */
typedef struct update {
    struct update *next;
    esp_ota_handle_t handle;
    const esp_partition_t *slot;
    bool erases_as_it_writes;
    uint32_t written; /* bytes */
} update_t;

/* The board's updates; the numbers of handles are never given again. */
static update_t *updates;
static esp_ota_handle_t last_handle;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static update_t *find_update(esp_ota_handle_t handle)
{
    pthread_mutex_lock(&lock);
    update_t *update = updates;
    while (update && update->handle != handle) {
        update = update->next;
    }
    pthread_mutex_unlock(&lock);
    return update;
}

static esp_err_t add_update(const esp_partition_t *slot, bool erases_as_it_writes,
                            esp_ota_handle_t *handle)
{
    update_t *update = calloc(1, sizeof(*update));
    if (!update) {
        return ESP_ERR_NO_MEM;
    }
    update->slot = slot;
    update->erases_as_it_writes = erases_as_it_writes;
    pthread_mutex_lock(&lock);
    update->handle = ++last_handle;
    update->next = updates;
    updates = update;
    pthread_mutex_unlock(&lock);
    *handle = update->handle;
    return ESP_OK;
}

static void remove_update(update_t *update)
{
    pthread_mutex_lock(&lock);
    update_t **place = &updates;
    while (*place != update) {
        place = &(*place)->next;
    }
    *place = update->next;
    pthread_mutex_unlock(&lock);
    free(update);
}

static bool is_ota_slot(const esp_partition_t *partition)
{
    return partition->type == ESP_PARTITION_TYPE_APP
        && partition->subtype >= ESP_PARTITION_SUBTYPE_APP_OTA_MIN
        && partition->subtype < ESP_PARTITION_SUBTYPE_APP_OTA_MAX;
}

static bool is_running_unconfirmed(const esp_partition_t *slot)
{
    esp_ota_img_states_t state;
    return board.rollback && slot && esp_ota_get_state_partition(slot, &state) == ESP_OK
        && state == ESP_OTA_IMG_PENDING_VERIFY;
}

/* In whole sectors. */
static size_t size_to_erase(const esp_partition_t *slot, size_t image_size)
{
    if (image_size == 0 || image_size == OTA_SIZE_UNKNOWN) {
        return slot->size;
    }
    return (image_size + FLASH_SECTOR - 1) / FLASH_SECTOR * FLASH_SECTOR;
}

esp_err_t esp_ota_begin(const esp_partition_t *partition, size_t image_size,
                        esp_ota_handle_t *out_handle)
{
    if (!partition || !out_handle) {
        return ESP_ERR_INVALID_ARG;
    }
    const esp_partition_t *slot = esp_partition_verify(partition);
    if (!slot) {
        return ESP_ERR_NOT_FOUND;
    }
    if (!is_ota_slot(slot)) {
        return ESP_ERR_INVALID_ARG;
    }
    const esp_partition_t *running = esp_ota_get_running_partition();
    if (slot == running) {
        return ESP_ERR_OTA_PARTITION_CONFLICT;
    }
    if (is_running_unconfirmed(running)) {
        ESP_LOGE(TAG, "Running app has not confirmed state (ESP_OTA_IMG_PENDING_VERIFY)");
        return ESP_ERR_OTA_ROLLBACK_INVALID_STATE;
    }
    if (has_defect(DEFECT_BOOTS_WHAT_IT_WRITES)) {
        (void)esp_ota_set_boot_partition(slot);
    }
    bool erases_as_it_writes = image_size == OTA_WITH_SEQUENTIAL_WRITES;
    if (!erases_as_it_writes) {
        esp_err_t error = esp_partition_erase_range(slot, 0, size_to_erase(slot, image_size));
        if (error != ESP_OK) {
            return error;
        }
    }
    return add_update(slot, erases_as_it_writes, out_handle);
}

/* Erases the sectors that the next bytes touch and that none before them has touched. */
static esp_err_t erase_for(const update_t *update, size_t size)
{
    uint32_t begin = (update->written + FLASH_SECTOR - 1) / FLASH_SECTOR * FLASH_SECTOR;
    size_t end = (update->written + size + FLASH_SECTOR - 1) / FLASH_SECTOR * FLASH_SECTOR;
    return end > begin ? esp_partition_erase_range(update->slot, begin, end - begin) : ESP_OK;
}

esp_err_t esp_ota_write(esp_ota_handle_t handle, const void *data, size_t size)
{
    if (!data) {
        ESP_LOGE(TAG, "write data is invalid");
        return ESP_ERR_INVALID_ARG;
    }
    update_t *update = find_update(handle);
    if (!update) {
        ESP_LOGE(TAG, "not found the handle");
        return ESP_ERR_INVALID_ARG;
    }
    if (size == 0) {
        return ESP_OK;
    }
    esp_err_t error = update->erases_as_it_writes ? erase_for(update, size) : ESP_OK;
    if (error != ESP_OK) {
        return error;
    }
    uint8_t first = *(const uint8_t *)data;
    if (update->written == 0 && first != ESP_IMAGE_HEADER_MAGIC
        && !has_defect(DEFECT_TAKES_ANYTHING)) {
        ESP_LOGE(TAG, "OTA image has invalid magic byte (expected 0xE9, saw 0x%02x)", first);
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    error = esp_partition_write(update->slot, update->written, data, size);
    if (error == ESP_OK) {
        update->written += (uint32_t)size;
    }
    return error;
}

esp_err_t esp_ota_write_with_offset(esp_ota_handle_t handle, const void *data, size_t size,
                                    uint32_t offset)
{
    if (!data) {
        ESP_LOGE(TAG, "write data is invalid");
        return ESP_ERR_INVALID_ARG;
    }
    update_t *update = find_update(handle);
    if (!update) {
        ESP_LOGE(TAG, "not found the handle");
        return ESP_ERR_INVALID_ARG;
    }
    if (update->erases_as_it_writes) {
        esp_log_write(ESP_LOG_ERROR, TAG,
                      "\nassert failed: esp_ota_write_with_offset esp_ota_ops.c "
                      "(must erase the partition before writing to it)\n");
        board_reset(BOARD_RESET_PANIC);
    }
    esp_err_t error = esp_partition_write(update->slot, offset, data, size);
    if (error == ESP_OK) {
        update->written += (uint32_t)size;
    }
    return error;
}

esp_err_t esp_ota_end(esp_ota_handle_t handle)
{
    update_t *update = find_update(handle);
    if (!update) {
        return ESP_ERR_NOT_FOUND;
    }
    esp_err_t error = ESP_ERR_INVALID_ARG;
    if (update->written > 0) {
        image_t image;
        const esp_partition_t *slot = update->slot;
        error = image_verify(slot->address, slot->size, IMAGE_BY_APP, false, &image);
        error = error == ESP_OK ? ESP_OK : ESP_ERR_OTA_VALIDATE_FAILED;
    }
    remove_update(update);
    return error;
}

esp_err_t esp_ota_abort(esp_ota_handle_t handle)
{
    update_t *update = find_update(handle);
    if (!update) {
        return ESP_ERR_NOT_FOUND;
    }
    remove_update(update);
    return ESP_OK;
}

const esp_partition_t *esp_ota_get_running_partition(void)
{
    const boot_t *boot = bootloader_running();
    return boot ? boot->slot : NULL;
}

const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from)
{
    const esp_partition_t *start
        = start_from ? esp_partition_verify(start_from) : esp_ota_get_running_partition();
    if (!start) {
        return NULL;
    }
    const esp_partition_t *first = NULL;
    bool is_next_wanted = false;
    for (int slot = 0; slot < 16; slot++) {
        const esp_partition_t *partition = esp_partition_find_first(
            ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_OTA(slot), NULL);
        if (!partition) {
            continue;
        }
        if (is_next_wanted) {
            return partition;
        }
        first = first ? first : partition;
        is_next_wanted = partition == start;
    }
    return first;
}

esp_err_t esp_ota_get_partition_description(const esp_partition_t *partition,
                                            esp_app_desc_t *app_desc)
{
    if (!partition || !app_desc) {
        return ESP_ERR_INVALID_ARG;
    }
    if (partition->type != ESP_PARTITION_TYPE_APP) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    return image_descriptor(partition->address, partition->size, app_desc);
}

uint8_t esp_ota_get_app_partition_count(void)
{
    uint8_t count = 0;
    while (count < 16
           && esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_OTA(count),
                                       NULL)) {
        count++;
    }
    return count;
}
