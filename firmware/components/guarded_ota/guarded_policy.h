/* Whether an image is one for this device, and one that it wants. */
#pragma once

#include "esp_err.h"
#include "guarded_manifest.h"
#include "guarded_ota.h"

/* What must have come before an image can be judged: header, first segment's header, descriptor. */
#define GUARDED_POLICY_BYTES (24 + 8 + 256)

/* ESP_ERR_OTA_ROLLBACK_INVALID_STATE: not before the running app is confirmed. */
esp_err_t guarded_policy_may_begin(void);

/* Judges the first bytes of an image, GUARDED_POLICY_BYTES or more, and copies its descriptor.
 * `stage` becomes header or policy: where it failed, if it did. */
esp_err_t guarded_policy_judge(const uint8_t *bytes, const guarded_ota_config_t *config,
                               const guarded_manifest_t *manifest, esp_app_desc_t *offer,
                               guarded_ota_stage_t *stage);
