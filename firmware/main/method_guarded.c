#include "esp_log.h"
#include "guarded_ota.h"
#include "methods.h"
#include "sdkconfig.h"

static const char *const tag = "guarded";

static void on_progress(guarded_ota_stage_t stage, size_t received, size_t total, void *context)
{
    (void)context;
    ESP_LOGI(tag, "%s: %zu of %zu bytes", guarded_ota_stage_name(stage), received, total);
}

void method_guarded(const char *url, update_t *update)
{
    guarded_ota_config_t config = {
        .url = url,
        .cert_pem = update_ca_pem(),
        .receive_timeout_ms = CONFIG_APP_OTA_RECEIVE_TIMEOUT_MS,
        .overall_timeout_ms = CONFIG_APP_OTA_RECEIVE_TIMEOUT_MS * 120,
        .progress_timeout_ms = CONFIG_APP_OTA_RECEIVE_TIMEOUT_MS * 3,
#if CONFIG_APP_OTA_SKIP_NAME_CHECK
        .skip_cert_common_name_check = true,
#endif
#if CONFIG_APP_OTA_ALLOW_SAME_VERSION
        .allow_same_version = true,
#endif
        .on_progress = on_progress,
    };
    guarded_ota_result_t result;
    esp_err_t error = guarded_ota_update(&config, &result);
    update->received = result.received;
    update->offer = result.offer;
    if (error == ESP_OK) {
        ESP_LOGI(tag, "the new app boots next");
        update_succeed(update);
        return;
    }
    ESP_LOGE(tag, "no update: %s at %s", esp_err_to_name(error),
             guarded_ota_stage_name(result.stage));
    if (result.stage == GUARDED_OTA_POLICY) {
        update_refuse(update, error);
    } else {
        update_reject(update, guarded_ota_stage_name(result.stage), error);
    }
}
