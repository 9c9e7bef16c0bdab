#include "app_policy.h"
#include "esp_http_client.h"
#include "esp_https_ota.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "methods.h"
#include "sdkconfig.h"

static const char *const tag = "advanced";

/* Header, policy and body; the handle stays open. */
static esp_err_t download(esp_https_ota_handle_t ota, update_t *update)
{
    esp_err_t error = esp_https_ota_get_img_desc(ota, &update->offer);
    if (error != ESP_OK) {
        ESP_LOGE(tag, "esp_https_ota_get_img_desc failed");
        update_reject(update, "header", error);
        return error;
    }
    if (!policy_takes(&update->offer)) {
        update_refuse(update, ESP_ERR_INVALID_VERSION);
        return ESP_ERR_INVALID_VERSION;
    }
    do {
        error = esp_https_ota_perform(ota);
        update->received = (size_t)esp_https_ota_get_image_len_read(ota);
    } while (error == ESP_ERR_HTTPS_OTA_IN_PROGRESS);
    if (!esp_https_ota_is_complete_data_received(ota)) {
        ESP_LOGE(tag, "Complete data was not received.");
        error = error == ESP_OK ? ESP_FAIL : error;
    }
    if (error != ESP_OK) {
        update_reject(update, error == ESP_ERR_INVALID_VERSION ? "header" : "download", error);
    }
    return error;
}

void method_advanced(const char *url, update_t *update)
{
    esp_https_ota_handle_t ota = NULL;
    esp_http_client_config_t http = update_http_config(url);
    esp_https_ota_config_t config = {
        .http_config = &http,
#ifdef CONFIG_APP_OTA_PARTIAL_DOWNLOAD
        .partial_http_download = CONFIG_APP_OTA_PARTIAL_DOWNLOAD,
        .max_http_request_size = CONFIG_APP_OTA_PARTIAL_REQUEST_SIZE,
#endif
    };
    ESP_LOGI(tag, "Starting Advanced OTA example");
    esp_err_t error = esp_https_ota_begin(&config, &ota);
    if (error != ESP_OK) {
        ESP_LOGE(tag, "ESP HTTPS OTA Begin failed");
        update_reject(update, error == ESP_ERR_HTTP_CONNECT ? "connect" : "http", error);
        return;
    }
    if (download(ota, update) != ESP_OK) {
        esp_https_ota_abort(ota);
        ESP_LOGE(tag, "ESP_HTTPS_OTA upgrade failed");
        return;
    }
    error = esp_https_ota_finish(ota);
    if (error != ESP_OK) {
        if (error == ESP_ERR_OTA_VALIDATE_FAILED) {
            ESP_LOGE(tag, "Image validation failed, image is corrupted");
        }
        ESP_LOGE(tag, "ESP_HTTPS_OTA upgrade failed 0x%x", error);
        update_reject(update, "verify", error);
        return;
    }
    ESP_LOGI(tag, "ESP_HTTPS_OTA upgrade successful. Rebooting ...");
    update_succeed(update);
}
