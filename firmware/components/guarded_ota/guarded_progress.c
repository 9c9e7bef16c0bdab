#include "guarded_progress.h"

#include "nvs.h"

static const char *const namespace = "guarded_ota";

uint32_t guarded_progress_hash(const char *text)
{
    uint32_t hash = 0x811C9DC5u;
    for (; *text != 0; text++) {
        hash = (hash ^ (uint8_t)*text) * 0x01000193u;
    }
    return hash;
}

/* A blob of exactly this size. */
static esp_err_t load(nvs_handle_t nvs, const char *key, void *to, size_t size)
{
    size_t length = size;
    esp_err_t error = nvs_get_blob(nvs, key, to, &length);
    if (error != ESP_OK) {
        return error;
    }
    return length == size ? ESP_OK : ESP_ERR_NOT_FOUND;
}

esp_err_t guarded_progress_load(guarded_progress_t *progress, uint8_t first[GUARDED_SECTOR])
{
    nvs_handle_t nvs;
    if (nvs_open(namespace, NVS_READONLY, &nvs) != ESP_OK) {
        return ESP_ERR_NOT_FOUND;
    }
    esp_err_t error = load(nvs, "progress", progress, sizeof(*progress));
    if (error == ESP_OK) {
        error = load(nvs, "first", first, GUARDED_SECTOR);
    }
    nvs_close(nvs);
    return error == ESP_OK ? ESP_OK : ESP_ERR_NOT_FOUND;
}

esp_err_t guarded_progress_save(const guarded_progress_t *progress, const uint8_t *first)
{
    nvs_handle_t nvs;
    esp_err_t error = nvs_open(namespace, NVS_READWRITE, &nvs);
    if (error != ESP_OK) {
        return error;
    }
    if (first != NULL) {
        error = nvs_set_blob(nvs, "first", first, GUARDED_SECTOR);
    }
    if (error == ESP_OK) {
        error = nvs_set_blob(nvs, "progress", progress, sizeof(*progress));
    }
    if (error == ESP_OK) {
        error = nvs_commit(nvs);
    }
    nvs_close(nvs);
    return error;
}

static void forget(const char *key)
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

void guarded_progress_forget(void)
{
    forget("progress");
    forget("first");
}

esp_err_t guarded_expect(const guarded_expectation_t *expectation)
{
    nvs_handle_t nvs;
    esp_err_t error = nvs_open(namespace, NVS_READWRITE, &nvs);
    if (error != ESP_OK) {
        return error;
    }
    error = nvs_set_blob(nvs, "expected", expectation, sizeof(*expectation));
    if (error == ESP_OK) {
        error = nvs_commit(nvs);
    }
    nvs_close(nvs);
    return error;
}

esp_err_t guarded_expected(guarded_expectation_t *expectation)
{
    nvs_handle_t nvs;
    if (nvs_open(namespace, NVS_READONLY, &nvs) != ESP_OK) {
        return ESP_ERR_NOT_FOUND;
    }
    esp_err_t error = load(nvs, "expected", expectation, sizeof(*expectation));
    nvs_close(nvs);
    return error == ESP_OK ? ESP_OK : ESP_ERR_NOT_FOUND;
}

void guarded_expect_nothing(void) { forget("expected"); }
