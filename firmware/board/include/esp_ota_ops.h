/* Updating an app over the air (ESP-IDF Programming Guide, "Over The Air Updates (OTA)"). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_app_desc.h"
#include "esp_err.h"
#include "esp_flash_partitions.h"
#include "esp_partition.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTA_SIZE_UNKNOWN 0xFFFFFFFF
#define OTA_WITH_SEQUENTIAL_WRITES 0xFFFFFFFE

#define ESP_ERR_OTA_BASE 0x1500
#define ESP_ERR_OTA_PARTITION_CONFLICT (ESP_ERR_OTA_BASE + 0x01)
#define ESP_ERR_OTA_SELECT_INFO_INVALID (ESP_ERR_OTA_BASE + 0x02)
#define ESP_ERR_OTA_VALIDATE_FAILED (ESP_ERR_OTA_BASE + 0x03)
#define ESP_ERR_OTA_SMALL_SEC_VER (ESP_ERR_OTA_BASE + 0x04)
#define ESP_ERR_OTA_ROLLBACK_FAILED (ESP_ERR_OTA_BASE + 0x05)
#define ESP_ERR_OTA_ROLLBACK_INVALID_STATE (ESP_ERR_OTA_BASE + 0x06)

typedef uint32_t esp_ota_handle_t;

/* Begins an update of a slot, and erases it as far as the size says: 0 and OTA_SIZE_UNKNOWN mean
 * all of it, OTA_WITH_SEQUENTIAL_WRITES each sector when it is written to. Errors:
 * ESP_ERR_INVALID_ARG, ESP_ERR_NOT_FOUND, ESP_ERR_OTA_PARTITION_CONFLICT (it is what runs),
 * ESP_ERR_OTA_ROLLBACK_INVALID_STATE (what runs is not confirmed), ESP_ERR_INVALID_SIZE,
 * ESP_ERR_NO_MEM, or the flash's. */
esp_err_t esp_ota_begin(const esp_partition_t *partition, size_t image_size,
                        esp_ota_handle_t *out_handle);
/* Goes on writing. ESP_ERR_OTA_VALIDATE_FAILED: the first byte is not that of an image. */
esp_err_t esp_ota_write(esp_ota_handle_t handle, const void *data, size_t size);
/* Writes anywhere in a slot that was erased at the beginning. */
esp_err_t esp_ota_write_with_offset(esp_ota_handle_t handle, const void *data, size_t size,
                                    uint32_t offset);
/* Verifies what was written; the handle is gone in every case. ESP_ERR_NOT_FOUND: no such handle;
 * ESP_ERR_INVALID_ARG: nothing was written; ESP_ERR_OTA_VALIDATE_FAILED. */
esp_err_t esp_ota_end(esp_ota_handle_t handle);
/* Frees the handle. What was written stays. */
esp_err_t esp_ota_abort(esp_ota_handle_t handle);

/* Verifies an app and makes it the one to boot next. ESP_ERR_INVALID_ARG, ESP_ERR_NOT_FOUND,
 * ESP_ERR_OTA_VALIDATE_FAILED, ESP_ERR_OTA_SMALL_SEC_VER (and the slot is erased), or a flash
 * error. */
esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition);
/* What otadata chooses; it may not be able to boot. */
const esp_partition_t *esp_ota_get_boot_partition(void);
const esp_partition_t *esp_ota_get_running_partition(void);
/* The slot behind that one, or behind the running one if NULL. */
const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from);
/* The slot that was given up and whose image still verifies; NULL: none. */
const esp_partition_t *esp_ota_get_last_invalid_partition(void);

esp_err_t esp_ota_get_partition_description(const esp_partition_t *partition,
                                            esp_app_desc_t *app_desc);
uint8_t esp_ota_get_app_partition_count(void);
/* ESP_ERR_NOT_SUPPORTED: it is no OTA slot; ESP_ERR_NOT_FOUND: no entry tells. */
esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition,
                                      esp_ota_img_states_t *ota_state);

/* Confirms the running app. ESP_FAIL: otadata chooses none. */
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void);
/* Gives the running app up and resets; returns only if that is not possible:
 * ESP_ERR_OTA_ROLLBACK_FAILED, ESP_FAIL, or the flash's error. */
esp_err_t esp_ota_mark_app_invalid_rollback_and_reboot(void);
bool esp_ota_check_rollback_is_possible(void);
/* Erases the slot and the entry that a rollback would go to. */
esp_err_t esp_ota_erase_last_boot_app_partition(void);

/* Of old: esp_app_get_description and esp_app_get_elf_sha256. */
const esp_app_desc_t *esp_ota_get_app_description(void);
int esp_ota_get_app_elf_sha256(char *to, size_t size);

#ifdef __cplusplus
}
#endif
