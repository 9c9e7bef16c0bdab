#include <stdio.h>

#include "app_report.h"
#include "esp_log.h"
#include "guarded_ota.h"
#include "methods.h"
#include "sdkconfig.h"

static const char *const tag = "guarded";
static char manifest_url[512] = CONFIG_APP_OTA_MANIFEST_URL;

void guarded_set_manifest(const char *url)
{
    snprintf(manifest_url, sizeof(manifest_url), "%s", url);
}

static void on_progress(guarded_ota_stage_t stage, size_t received, size_t total, void *context)
{
    (void)context;
    ESP_LOGI(tag, "%s: %zu of %zu bytes", guarded_ota_stage_name(stage), received, total);
}

static void tell(const guarded_ota_result_t *result, update_t *update)
{
    update->received = result->received;
    update->offer = result->offer;
    if (result->error == ESP_OK) {
        ESP_LOGI(tag, "the new app boots next");
        update_succeed(update);
        return;
    }
    ESP_LOGE(tag, "no update: %s at %s", esp_err_to_name(result->error),
             guarded_ota_stage_name(result->stage));
    if (result->stage == GUARDED_OTA_POLICY) {
        update_refuse(update, result->error);
    } else {
        update_reject(update, guarded_ota_stage_name(result->stage), result->error);
    }
}

static void before_restart(const guarded_ota_result_t *result, void *update)
{
    tell(result, update);
    report_update("guarded", update);
}

void method_guarded(const char *url, update_t *update)
{
    guarded_ota_config_t config = {
        .url = url,
        .manifest_url = manifest_url[0] == 0 ? NULL : manifest_url,
        .cert_pem = update_ca_pem(),
        .crt_bundle_attach = update_attach_bundle(),
        .receive_timeout_ms = CONFIG_APP_OTA_RECEIVE_TIMEOUT_MS,
        .overall_timeout_ms = CONFIG_APP_OTA_OVERALL_TIMEOUT_MS,
        .progress_timeout_ms = CONFIG_APP_OTA_RECEIVE_TIMEOUT_MS * 3,
        .max_attempts = CONFIG_APP_OTA_MAX_ATTEMPTS,
        .backoff_ms = CONFIG_APP_OTA_RECEIVE_TIMEOUT_MS / 5,
#ifdef CONFIG_APP_OTA_SKIP_NAME_CHECK
        .skip_cert_common_name_check = CONFIG_APP_OTA_SKIP_NAME_CHECK,
#endif
#ifdef CONFIG_APP_OTA_ALLOW_SAME_VERSION
        .allow_same_version = CONFIG_APP_OTA_ALLOW_SAME_VERSION,
#endif
#ifdef CONFIG_APP_OTA_ALLOW_ROLLED_BACK_VERSION
        .allow_rolled_back_version = CONFIG_APP_OTA_ALLOW_ROLLED_BACK_VERSION,
#endif
#ifdef CONFIG_APP_OTA_ALLOW_OTHER_PROJECT
        .allow_other_project = CONFIG_APP_OTA_ALLOW_OTHER_PROJECT,
#endif
#ifdef CONFIG_APP_OTA_REFUSE_OLDER_VERSION
        .refuse_older_version = CONFIG_APP_OTA_REFUSE_OLDER_VERSION,
#endif
        .on_progress = on_progress,
        .before_restart = before_restart,
        .context = update,
    };
    guarded_ota_result_t result;
    guarded_ota_update(&config, &result);
    tell(&result, update);
}
