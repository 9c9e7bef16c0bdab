#include "guarded_policy.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "esp_app_format.h"
#include "esp_efuse.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"
#include "guarded_history.h"
#include "sdkconfig.h"

static const char *const tag = "guarded_ota";

esp_err_t guarded_policy_may_begin(void)
{
    const esp_partition_t *running = esp_ota_get_running_partition();
    esp_ota_img_states_t state;
    if (running == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    if (esp_ota_get_state_partition(running, &state) == ESP_OK &&
        state == ESP_OTA_IMG_PENDING_VERIFY) {
        ESP_LOGE(tag, "the running app is not confirmed; confirm it before the next update");
        return ESP_ERR_OTA_ROLLBACK_INVALID_STATE;
    }
    return ESP_OK;
}

/* Another chip's image, as the header of the running one tells. */
static esp_err_t judge_header(const esp_image_header_t *header, const guarded_manifest_t *manifest)
{
    esp_image_header_t running;
    if (header->magic != ESP_IMAGE_HEADER_MAGIC) {
        ESP_LOGE(tag, "no app image: its first byte is 0x%02x", header->magic);
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    esp_err_t error =
        esp_partition_read(esp_ota_get_running_partition(), 0, &running, sizeof(running));
    if (error != ESP_OK) {
        return error;
    }
    if (header->chip_id != running.chip_id) {
        ESP_LOGE(tag, "an image for chip 0x%04x, and this is 0x%04x", header->chip_id,
                 running.chip_id);
        return ESP_ERR_INVALID_VERSION;
    }
    /* The checksum is one byte; two flips can cancel in it. */
    if (header->hash_appended == 0 && !manifest->has_sha256) {
        ESP_LOGE(tag, "neither the image nor a manifest has its SHA-256");
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    return ESP_OK;
}

/* What newer versions than v5.3 write into the descriptor, by its place there; 0 where an older one did. */
#define MMU_PAGE_SIZE_AT 180  /* uint8_t, the exponent of two; since v5.4.1 */
#define SPI_FLASH_MODE_AT 181 /* uint8_t, that of the image header plus one; since v6.1 */

/* An app that was built for other memory pages, or another mode of the flash, than the running one. */
static esp_err_t judge_build(const esp_app_desc_t *offer)
{
    esp_image_header_t running;
    const uint8_t *fields = (const uint8_t *)offer;
    uint8_t page = fields[MMU_PAGE_SIZE_AT];
    uint8_t mode = fields[SPI_FLASH_MODE_AT];
    if (page != 0 && (page > 31 || 1u << page != CONFIG_MMU_PAGE_SIZE)) {
        ESP_LOGE(tag, "an app for memory pages of 2^%u bytes, and this chip's have %u", page,
                 (unsigned)CONFIG_MMU_PAGE_SIZE);
        return ESP_ERR_INVALID_VERSION;
    }
    esp_err_t error =
        esp_partition_read(esp_ota_get_running_partition(), 0, &running, sizeof(running));
    if (error == ESP_OK && mode != 0 && mode != running.spi_mode + 1) {
        ESP_LOGE(tag, "an app for flash mode %u, and the running one's is %u", mode,
                 running.spi_mode + 1);
        error = ESP_ERR_INVALID_VERSION;
    }
    return error;
}

static bool is_same(const char *left, const char *right, size_t size)
{
    return strncmp(left, right, size) == 0;
}

#define VERSION_PARTS 4

/* The numbers of "v1.10.2-rc1"; false if it begins with none. */
static bool read_version(const char version[32], unsigned long parts[VERSION_PARTS])
{
    char text[33] = {0};
    memcpy(text, version, 32);
    const char *at = text[0] == 'v' || text[0] == 'V' ? text + 1 : text;
    memset(parts, 0, VERSION_PARTS * sizeof(parts[0]));
    for (size_t part = 0; part < VERSION_PARTS && isdigit((unsigned char)*at); part++) {
        char *end;
        parts[part] = strtoul(at, &end, 10);
        at = *end == '.' ? end + 1 : end;
    }
    return at > text + 1 || isdigit((unsigned char)text[0]);
}

/* False also if one of them has no numbers to compare. */
static bool is_older(const char left[32], const char right[32])
{
    unsigned long one[VERSION_PARTS], other[VERSION_PARTS];
    if (!read_version(left, one) || !read_version(right, other)) {
        return false;
    }
    size_t part = 0;
    while (part < VERSION_PARTS - 1 && one[part] == other[part]) {
        part++;
    }
    return one[part] < other[part];
}

static esp_err_t judge_app(const esp_app_desc_t *offer, const guarded_ota_config_t *config,
                           const guarded_manifest_t *manifest)
{
    const esp_app_desc_t *running = esp_app_get_description();
    if (!config->allow_other_project &&
        !is_same(offer->project_name, running->project_name, sizeof(running->project_name))) {
        ESP_LOGE(tag, "project '%.32s' is not '%.32s'", offer->project_name,
                 running->project_name);
        return ESP_ERR_INVALID_VERSION;
    }
    if (!config->allow_same_version &&
        is_same(offer->version, running->version, sizeof(running->version))) {
        ESP_LOGE(tag, "version '%.32s' runs already", offer->version);
        return ESP_ERR_INVALID_VERSION;
    }
    if (config->refuse_older_version && is_older(offer->version, running->version)) {
        ESP_LOGE(tag, "version '%.32s' is older than '%.32s'", offer->version, running->version);
        return ESP_ERR_INVALID_VERSION;
    }
    if (!config->allow_rolled_back_version && guarded_history_refuses(offer->version)) {
        ESP_LOGE(tag, "version '%.32s' was rolled back before", offer->version);
        return ESP_ERR_INVALID_VERSION;
    }
    if (offer->secure_version < esp_efuse_read_secure_version()) {
        ESP_LOGE(tag, "secure version %u is below the chip's", (unsigned)offer->secure_version);
        return ESP_ERR_INVALID_VERSION;
    }
    if (manifest->version[0] != 0 &&
        !is_same(offer->version, manifest->version, sizeof(manifest->version))) {
        ESP_LOGE(tag, "version '%.32s' is not the manifest's '%.32s'", offer->version,
                 manifest->version);
        return ESP_ERR_INVALID_VERSION;
    }
    return ESP_OK;
}

esp_err_t guarded_policy_judge(const uint8_t *bytes, const guarded_ota_config_t *config,
                               const guarded_manifest_t *manifest, esp_app_desc_t *offer,
                               guarded_ota_stage_t *stage)
{
    esp_image_header_t header;
    esp_image_segment_header_t segment;
    memcpy(&header, bytes, sizeof(header));
    memcpy(offer, bytes + sizeof(header) + sizeof(esp_image_segment_header_t), sizeof(*offer));
    *stage = GUARDED_OTA_HEADER;
    esp_err_t error = judge_header(&header, manifest);
    if (error != ESP_OK) {
        return error;
    }
    if (offer->magic_word != ESP_APP_DESC_MAGIC_WORD) {
        ESP_LOGE(tag, "no app descriptor: its magic word is 0x%08x", (unsigned)offer->magic_word);
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    memcpy(&segment, bytes + sizeof(header), sizeof(segment));
    if (segment.data_len < sizeof(*offer)) {
        ESP_LOGE(tag, "a first segment of %u bytes has no room for the app descriptor",
                 (unsigned)segment.data_len);
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    error = judge_build(offer);
    if (error != ESP_OK) {
        return error;
    }
    *stage = GUARDED_OTA_POLICY;
    return judge_app(offer, config, manifest);
}
