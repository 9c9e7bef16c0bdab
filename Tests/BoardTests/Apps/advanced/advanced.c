/* An update step by step, with a look at the new app first, in the way of ESP-IDF's advanced example. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "esp_efuse.h"
#include "esp_event.h"
#include "esp_http_client.h"
#include "esp_https_ota.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"

static const char *TAG = "advanced_https_ota_example";
extern const uint8_t server_cert_pem_start[] asm("_binary_ca_cert_pem_start");
extern const uint8_t server_cert_pem_end[] asm("_binary_ca_cert_pem_end");

static void on_event(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    (void)argument;
    if (base != ESP_HTTPS_OTA_EVENT) {
        return;
    }
    switch (id) {
    case ESP_HTTPS_OTA_START: ESP_LOGI(TAG, "OTA started"); break;
    case ESP_HTTPS_OTA_CONNECTED: ESP_LOGI(TAG, "Connected to server"); break;
    case ESP_HTTPS_OTA_GET_IMG_DESC: ESP_LOGI(TAG, "Reading Image Description"); break;
    case ESP_HTTPS_OTA_VERIFY_CHIP_ID:
        ESP_LOGI(TAG, "Verifying chip id of new image: %d", *(esp_chip_id_t *)data);
        break;
    case ESP_HTTPS_OTA_DECRYPT_CB: ESP_LOGI(TAG, "Callback to decrypt function"); break;
    case ESP_HTTPS_OTA_WRITE_FLASH:
        ESP_LOGD(TAG, "Writing to flash: %d written", *(int *)data);
        break;
    case ESP_HTTPS_OTA_UPDATE_BOOT_PARTITION:
        ESP_LOGI(TAG, "Boot partition updated. Next Partition: %d", *(esp_partition_subtype_t *)data);
        break;
    case ESP_HTTPS_OTA_FINISH: ESP_LOGI(TAG, "OTA finish"); break;
    case ESP_HTTPS_OTA_ABORT: ESP_LOGI(TAG, "OTA abort"); break;
    }
}

/* Notes of updates that were begun, by version: they outlive the update. */
static void note_attempt(const char *version)
{
    nvs_handle_t notes;
    int32_t attempts = 0;
    char last[32] = "";
    size_t size = sizeof(last);
    ESP_ERROR_CHECK(nvs_open("ota", NVS_READWRITE, &notes));
    if (nvs_get_str(notes, "version", last, &size) == ESP_OK && strcmp(last, version) == 0) {
        nvs_get_i32(notes, "attempts", &attempts);
    }
    ESP_ERROR_CHECK(nvs_set_str(notes, "version", version));
    ESP_ERROR_CHECK(nvs_set_i32(notes, "attempts", attempts + 1));
    ESP_ERROR_CHECK(nvs_commit(notes));
    nvs_close(notes);
    ESP_LOGI(TAG, "attempt %" PRId32 " of %s", attempts + 1, version);
}

static void forget_attempts(void)
{
    nvs_handle_t notes;
    if (nvs_open("ota", NVS_READONLY, &notes) != ESP_OK) {
        return;
    }
    nvs_close(notes);
    ESP_ERROR_CHECK(nvs_open("ota", NVS_READWRITE, &notes));
    if (nvs_erase_key(notes, "attempts") != ESP_ERR_NVS_NOT_FOUND) {
        ESP_LOGI(TAG, "the update to %.32s is done", esp_app_get_description()->version);
    }
    ESP_ERROR_CHECK(nvs_commit(notes));
    nvs_close(notes);
}

typedef struct {
    char text[32];
    int count;
} manifest_t;

static esp_err_t on_manifest(esp_http_client_event_t *event)
{
    manifest_t *manifest = event->user_data;
    if (event->event_id == HTTP_EVENT_ON_DATA &&
        manifest->count + event->data_len < (int)sizeof(manifest->text)) {
        memcpy(manifest->text + manifest->count, event->data, (size_t)event->data_len);
        manifest->count += event->data_len;
    }
    return ESP_OK;
}

/* Whether the server has another version to offer: a text with nothing but the version. */
static bool is_another_offered(const char *url)
{
    manifest_t manifest = {.count = 0};
    esp_http_client_config_t config = {
        .url = url,
        .cert_pem = (const char *)server_cert_pem_start,
        .transport_type = HTTP_TRANSPORT_OVER_SSL,
        .event_handler = on_manifest,
        .user_data = &manifest,
    };
    esp_http_client_handle_t client = esp_http_client_init(&config);
    esp_err_t err = esp_http_client_perform(client);
    ESP_LOGI(TAG, "manifest: %s, status %d, %" PRId64 " bytes", esp_err_to_name(err),
             esp_http_client_get_status_code(client), esp_http_client_get_content_length(client));
    bool is_good = err == ESP_OK && esp_http_client_get_status_code(client) == HttpStatus_Ok;
    esp_http_client_cleanup(client);
    return is_good && strcmp(manifest.text, esp_ota_get_app_description()->version) != 0;
}

static esp_err_t check_offer(const esp_app_desc_t *offered)
{
    esp_app_desc_t running;
    if (esp_ota_get_partition_description(esp_ota_get_running_partition(), &running) == ESP_OK) {
        ESP_LOGI(TAG, "Running firmware version: %.32s", running.version);
    }
#ifndef CONFIG_EXAMPLE_SKIP_VERSION_CHECK
    if (memcmp(offered->version, running.version, sizeof(offered->version)) == 0) {
        ESP_LOGW(TAG, "Current running version is the same as a new. We will not continue the update.");
        return ESP_FAIL;
    }
#endif
#ifdef CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK
    const uint32_t burnt = esp_efuse_read_secure_version();
    if (offered->secure_version < burnt) {
        ESP_LOGW(TAG, "New firmware security version is less than eFuse programmed, %" PRIu32 " < %" PRIu32,
                 offered->secure_version, burnt);
        return ESP_FAIL;
    }
#endif
    return ESP_OK;
}

static esp_err_t add_headers(esp_http_client_handle_t client)
{
    ESP_LOGD(TAG, "client %p", (void *)client);
    return ESP_OK;
}

static void update_task(void *unused)
{
    (void)unused;
    char url[256] = CONFIG_EXAMPLE_FIRMWARE_UPGRADE_URL;
    if (strcmp(url, "FROM_STDIN") == 0) {
        example_configure_stdin_stdout();
        if (fgets(url, sizeof(url), stdin)) {
            url[strcspn(url, "\r\n")] = 0;
        }
    }
    /* A second word on the line is where to ask first. */
    char *manifest = strchr(url, ' ');
    if (manifest) {
        *manifest = 0;
        if (!is_another_offered(manifest + 1)) {
            ESP_LOGI(TAG, "There is no other version");
            vTaskDelete(NULL);
        }
    }
    ESP_LOGI(TAG, "Starting Advanced OTA example");
    esp_http_client_config_t config = {
        .url = url,
        .cert_pem = (const char *)server_cert_pem_start,
        .timeout_ms = CONFIG_EXAMPLE_OTA_RECV_TIMEOUT,
        .keep_alive_enable = true,
    };
    esp_https_ota_config_t ota = {
        .http_config = &config,
        .http_client_init_cb = add_headers,
#ifdef CONFIG_EXAMPLE_ENABLE_PARTIAL_HTTP_DOWNLOAD
        .partial_http_download = true,
        .max_http_request_size = CONFIG_EXAMPLE_HTTP_REQUEST_SIZE,
#endif
    };
    esp_https_ota_handle_t handle = NULL;
    esp_err_t finish = ESP_OK;
    esp_err_t err = esp_https_ota_begin(&ota, &handle);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "ESP HTTPS OTA Begin failed");
        vTaskDelete(NULL);
    }
    esp_app_desc_t offered;
    err = esp_https_ota_get_img_desc(handle, &offered);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "esp_https_ota_get_img_desc failed");
        goto end;
    }
    err = check_offer(&offered);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "image header verification failed");
        goto end;
    }
    if (manifest) {
        note_attempt(offered.version);
    }
    while ((err = esp_https_ota_perform(handle)) == ESP_ERR_HTTPS_OTA_IN_PROGRESS) {
        ESP_LOGD(TAG, "Image bytes read: %d of %d", esp_https_ota_get_image_len_read(handle),
                 esp_https_ota_get_image_size(handle));
    }
    if (!esp_https_ota_is_complete_data_received(handle)) {
        ESP_LOGE(TAG, "Complete data was not received.");
    } else {
        finish = esp_https_ota_finish(handle);
        if (err == ESP_OK && finish == ESP_OK) {
            ESP_LOGI(TAG, "ESP_HTTPS_OTA upgrade successful. Rebooting ...");
            vTaskDelay(20 / portTICK_PERIOD_MS);
            esp_restart();
        }
        if (finish == ESP_ERR_OTA_VALIDATE_FAILED) {
            ESP_LOGE(TAG, "Image validation failed, image is corrupted");
        }
        ESP_LOGE(TAG, "ESP_HTTPS_OTA upgrade failed 0x%x", finish);
        vTaskDelete(NULL);
    }
end:
    esp_https_ota_abort(handle);
    ESP_LOGE(TAG, "ESP_HTTPS_OTA upgrade failed");
    vTaskDelete(NULL);
}

void app_main(void)
{
    ESP_LOGI(TAG, "OTA example app_main start");
    esp_err_t err = nvs_flash_init();
    if (err == ESP_ERR_NVS_NO_FREE_PAGES || err == ESP_ERR_NVS_NEW_VERSION_FOUND) {
        ESP_ERROR_CHECK(nvs_flash_erase());
        err = nvs_flash_init();
    }
    ESP_ERROR_CHECK(err);
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(esp_event_handler_register(ESP_HTTPS_OTA_EVENT, ESP_EVENT_ANY_ID, &on_event, NULL));
    ESP_ERROR_CHECK(example_connect());
    esp_ota_img_states_t state;
    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
        state == ESP_OTA_IMG_PENDING_VERIFY) {
        if (esp_ota_mark_app_valid_cancel_rollback() == ESP_OK) {
            ESP_LOGI(TAG, "App is valid, rollback cancelled successfully");
            forget_attempts();
        } else {
            ESP_LOGE(TAG, "Failed to cancel rollback");
        }
    }
    xTaskCreate(&update_task, "advanced_https_ota_example_task", 1024 * 8, NULL, 5, NULL);
}
