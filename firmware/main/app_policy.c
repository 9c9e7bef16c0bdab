#include "app_policy.h"

#include <string.h>

#include "esp_efuse.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "sdkconfig.h"

static const char *const tag = "policy";

static inline bool is_same_version(const esp_app_desc_t *left, const esp_app_desc_t *right)
{
    return memcmp(left->version, right->version, sizeof(left->version)) == 0;
}

bool policy_takes(const esp_app_desc_t *offer)
{
    const esp_app_desc_t *running = esp_app_get_description();
    ESP_LOGI(tag, "New firmware version: %.32s", offer->version);
    ESP_LOGI(tag, "Running firmware version: %.32s", running->version);
#if !CONFIG_APP_OTA_ALLOW_ROLLED_BACK_VERSION
    esp_app_desc_t invalid;
    const esp_partition_t *last_invalid = esp_ota_get_last_invalid_partition();
    if (last_invalid != NULL &&
        esp_ota_get_partition_description(last_invalid, &invalid) == ESP_OK &&
        is_same_version(offer, &invalid)) {
        ESP_LOGW(tag, "New version is the same as invalid version.");
        return false;
    }
#endif
#if !CONFIG_APP_OTA_ALLOW_SAME_VERSION
    if (is_same_version(offer, running)) {
        ESP_LOGW(tag, "Current running version is the same as a new. We will not continue the update.");
        return false;
    }
#endif
#if CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK
    const uint32_t chip = esp_efuse_read_secure_version();
    if (offer->secure_version < chip) {
        ESP_LOGW(tag, "New firmware security version is less than eFuse programmed, %u < %u",
                 (unsigned)offer->secure_version, (unsigned)chip);
        return false;
    }
#endif
    return true;
}
