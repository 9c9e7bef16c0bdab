#include <string.h>

#include "app_policy.h"
#include "esp_app_format.h"
#include "esp_http_client.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "methods.h"
#include "sdkconfig.h"

#define BUFFER_SIZE 1024

static const char *const tag = "native";

/* An update by hand: what the API for slots and the HTTP client give, and nothing more. */
typedef struct {
    esp_http_client_handle_t client;
    const esp_partition_t *slot;
    esp_ota_handle_t ota;
    bool has_begun;
    char buffer[BUFFER_SIZE + 1];
} native_t;

/* The first bytes: is it an app that is wanted? Then the slot is opened. */
static esp_err_t begin(native_t *native, int count, update_t *update)
{
    const size_t place = sizeof(esp_image_header_t) + sizeof(esp_image_segment_header_t);
    if ((size_t)count <= place + sizeof(esp_app_desc_t)) {
        ESP_LOGE(tag, "received package is not fit len");
        update_reject(update, "header", ESP_ERR_INVALID_SIZE);
        return ESP_ERR_INVALID_SIZE;
    }
    memcpy(&update->offer, native->buffer + place, sizeof(update->offer));
    if (!policy_takes(&update->offer)) {
        update_refuse(update, ESP_ERR_INVALID_VERSION);
        return ESP_ERR_INVALID_VERSION;
    }
    esp_err_t error = esp_ota_begin(native->slot, OTA_WITH_SEQUENTIAL_WRITES, &native->ota);
    if (error != ESP_OK) {
        ESP_LOGE(tag, "esp_ota_begin failed (%s)", esp_err_to_name(error));
        update_reject(update, "write", error);
        return error;
    }
    native->has_begun = true;
    ESP_LOGI(tag, "esp_ota_begin succeeded");
    return ESP_OK;
}

static esp_err_t write_some(native_t *native, int count, update_t *update)
{
    if (!native->has_begun) {
        esp_err_t error = begin(native, count, update);
        if (error != ESP_OK) {
            return error;
        }
    }
    esp_err_t error = esp_ota_write(native->ota, native->buffer, (size_t)count);
    if (error != ESP_OK) {
        ESP_LOGE(tag, "Error: esp_ota_write failed! err=0x%x", error);
        update_reject(update, error == ESP_ERR_OTA_VALIDATE_FAILED ? "header" : "write", error);
        return error;
    }
    update->received += (size_t)count;
    return ESP_OK;
}

static esp_err_t download(native_t *native, update_t *update)
{
    for (;;) {
        int count = esp_http_client_read(native->client, native->buffer, BUFFER_SIZE);
        if (count < 0) {
            ESP_LOGE(tag, "Error: SSL data read error");
            update_reject(update, "download", ESP_FAIL);
            return ESP_FAIL;
        }
        if (count == 0) {
            break;
        }
        esp_err_t error = write_some(native, count, update);
        if (error != ESP_OK) {
            return error;
        }
    }
    if (!esp_http_client_is_complete_data_received(native->client)) {
        ESP_LOGE(tag, "Error in receiving complete file");
        update_reject(update, "download", ESP_FAIL);
        return ESP_FAIL;
    }
    ESP_LOGI(tag, "Total Write binary data length: %u", (unsigned)update->received);
    return ESP_OK;
}

static void install(native_t *native, update_t *update)
{
    esp_err_t error = esp_ota_end(native->ota);
    native->has_begun = false;
    if (error != ESP_OK) {
        if (error == ESP_ERR_OTA_VALIDATE_FAILED) {
            ESP_LOGE(tag, "Image validation failed, image is corrupted");
        } else {
            ESP_LOGE(tag, "esp_ota_end failed (%s)!", esp_err_to_name(error));
        }
        update_reject(update, "verify", error);
        return;
    }
    error = esp_ota_set_boot_partition(native->slot);
    if (error != ESP_OK) {
        ESP_LOGE(tag, "esp_ota_set_boot_partition failed (%s)!", esp_err_to_name(error));
        update_reject(update, "set-boot", error);
        return;
    }
    ESP_LOGI(tag, "Prepare to restart system!");
    update_succeed(update);
}

void method_native(const char *url, update_t *update)
{
    static native_t native;
    memset(&native, 0, sizeof(native));
    esp_http_client_config_t http = update_http_config(url);
    native.slot = esp_ota_get_next_update_partition(NULL);
    native.client = esp_http_client_init(&http);
    if (native.client == NULL || native.slot == NULL) {
        ESP_LOGE(tag, "Failed to initialise HTTP connection");
        update_reject(update, "connect", ESP_ERR_INVALID_ARG);
        esp_http_client_cleanup(native.client);
        return;
    }
    ESP_LOGI(tag, "Writing to partition subtype %d at offset 0x%x", native.slot->subtype,
             (unsigned)native.slot->address);
    esp_err_t error = esp_http_client_open(native.client, 0);
    if (error != ESP_OK) {
        ESP_LOGE(tag, "Failed to open HTTP connection: %s", esp_err_to_name(error));
        update_reject(update, "connect", error);
    } else {
        esp_http_client_fetch_headers(native.client);
        if (download(&native, update) == ESP_OK) {
            install(&native, update);
        }
    }
    if (native.has_begun) {
        esp_ota_abort(native.ota);
    }
    esp_http_client_close(native.client);
    esp_http_client_cleanup(native.client);
}
