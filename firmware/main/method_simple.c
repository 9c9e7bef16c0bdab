#include "esp_http_client.h"
#include "esp_https_ota.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "methods.h"
#include "sdkconfig.h"

static const char *const tag = "simple";

void method_simple(const char *url, update_t *update)
{
    esp_http_client_config_t http = update_http_config(url);
    esp_https_ota_config_t ota = {
        .http_config = &http,
#ifdef CONFIG_APP_OTA_PARTIAL_DOWNLOAD
        .partial_http_download = CONFIG_APP_OTA_PARTIAL_DOWNLOAD,
        .max_http_request_size = CONFIG_APP_OTA_PARTIAL_REQUEST_SIZE,
#endif
    };
    ESP_LOGI(tag, "Attempting to download update from %s", url);
    esp_err_t error = esp_https_ota(&ota);
    if (error != ESP_OK) {
        ESP_LOGE(tag, "Firmware upgrade failed");
        update_reject(update, error == ESP_ERR_OTA_VALIDATE_FAILED ? "verify" : "download", error);
        return;
    }
    /* ESP_OK is no proof: with ranges and a wrong length it returns so and changes nothing. */
    if (esp_ota_get_boot_partition() == esp_ota_get_running_partition()) {
        update_reject(update, "set-boot", ESP_ERR_INVALID_STATE);
        return;
    }
    esp_ota_get_partition_description(esp_ota_get_boot_partition(), &update->offer);
    ESP_LOGI(tag, "OTA Succeed, Rebooting...");
    update_succeed(update);
}
