#include "guarded_store.h"

#include "nvs.h"

static const char *const namespace = "guarded_ota";

esp_err_t guarded_store_load(const char *key, void *to, size_t size)
{
    nvs_handle_t nvs;
    size_t length = size;
    if (nvs_open(namespace, NVS_READONLY, &nvs) != ESP_OK) {
        return ESP_ERR_NOT_FOUND;
    }
    esp_err_t error = nvs_get_blob(nvs, key, to, &length);
    nvs_close(nvs);
    return error == ESP_OK && length == size ? ESP_OK : ESP_ERR_NOT_FOUND;
}

esp_err_t guarded_store_save(const char *key, const void *from, size_t size)
{
    nvs_handle_t nvs;
    esp_err_t error = nvs_open(namespace, NVS_READWRITE, &nvs);
    if (error != ESP_OK) {
        return error;
    }
    error = nvs_set_blob(nvs, key, from, size);
    if (error == ESP_OK) {
        error = nvs_commit(nvs);
    }
    nvs_close(nvs);
    return error;
}

void guarded_store_forget(const char *key)
{
    nvs_handle_t nvs;
    if (nvs_open(namespace, NVS_READWRITE, &nvs) != ESP_OK) {
        return;
    }
    if (nvs_erase_key(nvs, key) == ESP_OK) {
        nvs_commit(nvs);
    }
    nvs_close(nvs);
}
