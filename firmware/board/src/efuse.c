#include "board/efuse.h"
#include "board/defect.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "board/board.h"
#include "esp_app_format.h"
#include "esp_efuse.h"
#include "esp_log.h"

static const char *TAG = "efuse";

/* The board's one set of eFuses. */
static char file_path[PATH_MAX];
static uint32_t secure_version_bits;

static uint32_t field_size(void)
{
    switch (board.chip_id) {
    case ESP_CHIP_ID_ESP32: return 32;
    case ESP_CHIP_ID_ESP32C2: return 4;
    default: return 16;
    }
}

static esp_err_t read_file(const char *path, uint32_t *bits)
{
    *bits = 0;
    FILE *file = fopen(path, "rb");
    if (!file) {
        return errno == ENOENT ? ESP_OK : ESP_FAIL;
    }
    uint8_t bytes[5];
    size_t count = fread(bytes, 1, sizeof(bytes), file);
    bool has_failed = ferror(file) != 0;
    fclose(file);
    if (has_failed) {
        return ESP_FAIL;
    }
    if (count != 4) {
        return ESP_ERR_INVALID_SIZE;
    }
    *bits = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16
        | (uint32_t)bytes[3] << 24;
    return ESP_OK;
}

static esp_err_t write_file(uint32_t bits)
{
    if (file_path[0] == 0) {
        return ESP_OK;
    }
    FILE *file = fopen(file_path, "wb");
    if (!file) {
        return ESP_FAIL;
    }
    const uint8_t bytes[4] = {(uint8_t)bits, (uint8_t)(bits >> 8), (uint8_t)(bits >> 16),
                              (uint8_t)(bits >> 24)};
    bool is_written = fwrite(bytes, sizeof(bytes), 1, file) == 1;
    return fclose(file) == 0 && is_written ? ESP_OK : ESP_FAIL;
}

esp_err_t efuse_open(const char *path)
{
    file_path[0] = 0;
    secure_version_bits = 0;
    if (!path) {
        return ESP_OK;
    }
    if (strlen(path) >= sizeof(file_path)) {
        errno = ENAMETOOLONG;
        return ESP_FAIL;
    }
    esp_err_t error = read_file(path, &secure_version_bits);
    if (error == ESP_OK) {
        strcpy(file_path, path);
    }
    return error;
}

uint32_t esp_efuse_read_secure_version(void)
{
    bool is_ignored = has_defect(DEFECT_IGNORES_SECURE_VERSION);
    return is_ignored ? 0 : (uint32_t)__builtin_popcount(secure_version_bits);
}

bool esp_efuse_check_secure_version(uint32_t secure_version)
{
    return secure_version >= esp_efuse_read_secure_version();
}

esp_err_t esp_efuse_update_secure_version(uint32_t secure_version)
{
    if (secure_version > field_size()) {
        ESP_LOGE(TAG, "Max secure version is %" PRIu32 ". Given %" PRIu32
                 " version can not be written.", field_size(), secure_version);
        return ESP_ERR_INVALID_ARG;
    }
    uint32_t before = esp_efuse_read_secure_version();
    if (secure_version <= before) {
        return ESP_OK;
    }
    uint32_t bits = secure_version == 32 ? UINT32_MAX : (1u << secure_version) - 1;
    esp_err_t error = write_file(secure_version_bits | bits);
    if (error != ESP_OK) {
        return error;
    }
    secure_version_bits |= bits;
    ESP_LOGI(TAG, "Anti-rollback is set. eFuse field is updated (%" PRIu32 " -> %" PRIu32 ").",
             before, esp_efuse_read_secure_version());
    return ESP_OK;
}
