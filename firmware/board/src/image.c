#include "board/image.h"
#include "board/defect.h"

#include <inttypes.h>
#include <string.h>

#include "board/board.h"
#include "board/flash.h"
#include "esp_efuse.h"
#include "esp_image_format.h"
#include "esp_log.h"
#include "image_chip.h"
#include "image_memory.h"
#include "image_signature.h"
#include "sha256.h"

static const char *TAG = "esp_image";

#define SIXTEEN_MB 0x1000000u
#define MAPPED_PAGE 0x10000u
#define DESCRIPTOR_OFFSET (sizeof(esp_image_header_t) + sizeof(esp_image_segment_header_t))

/* An image on its way through the checks. */
typedef struct {
    image_t *image;
    uint32_t slot_size;
    image_verifier_t verifier;
    bool is_silent;
    bool is_located_only; /* nothing but the structure is looked at */
    uint32_t place;       /* in flash, of what comes next */
    uint32_t checksum;    /* of the words so far */
} check_t;

#define REFUSE(check, ...)                                                                         \
    do {                                                                                           \
        if (!(check)->is_silent) {                                                                 \
            ESP_LOGE(TAG, __VA_ARGS__);                                                            \
        }                                                                                          \
        return ESP_ERR_IMAGE_INVALID;                                                              \
    } while (0)

#define TRY(expression)                                                                            \
    do {                                                                                           \
        esp_err_t error_ = (expression);                                                           \
        if (error_ != ESP_OK) {                                                                    \
            return error_;                                                                         \
        }                                                                                          \
    } while (0)

static bool is_signed(const check_t *check)
{
    return board.signed_updates && check->verifier == IMAGE_BY_APP;
}

static esp_err_t check_header(check_t *check)
{
    image_t *image = check->image;
    TRY(flash_read(image->start, &image->header, sizeof(image->header)));
    if (image->header.magic != ESP_IMAGE_HEADER_MAGIC) {
        REFUSE(check, "image at 0x%" PRIx32 " has invalid magic byte (nothing flashed here?)",
               image->start);
    }
    if (!check->is_located_only && !image_suits_chip(&image->header)) {
        return ESP_ERR_IMAGE_INVALID;
    }
    if (image->header.segment_count > ESP_IMAGE_MAX_SEGMENTS) {
        REFUSE(check, "image at 0x%" PRIx32 " segment count %d exceeds max %d", image->start,
               image->header.segment_count, ESP_IMAGE_MAX_SEGMENTS);
    }
    check->place = image->start + (uint32_t)sizeof(image->header);
    return ESP_OK;
}

static esp_err_t check_segment_header(check_t *check, int index)
{
    const esp_image_segment_header_t *segment = &check->image->segments[index];
    if (segment->data_len % 4 != 0 || segment->data_len >= SIXTEEN_MB) {
        REFUSE(check, "invalid segment length 0x%" PRIx32, segment->data_len);
    }
    bool is_mapped = image_is_mapped(board.chip_id, segment->load_addr);
    if (is_mapped && check->place % MAPPED_PAGE != segment->load_addr % MAPPED_PAGE) {
        REFUSE(check, "Segment %d load address 0x%08" PRIx32 ", doesn't match data 0x%08" PRIx32,
               index, segment->load_addr, check->place);
    }
    bool is_loaded = check->verifier == IMAGE_BY_BOOTLOADER
        && image_is_copied(board.chip_id, segment->load_addr);
    if (!check->is_silent) {
        ESP_LOGI(TAG,
                 "segment %d: paddr=%08" PRIx32 " vaddr=%08" PRIx32 " size=%05" PRIx32
                 "h (%6" PRIu32 ") %s",
                 index, check->place, segment->load_addr, segment->data_len, segment->data_len,
                 is_loaded ? "load" : is_mapped ? "map" : "");
    }
    const char *objection = is_loaded && !has_defect(DEFECT_LOADS_ANYWHERE)
        ? image_load_objection(board.chip_id, segment->load_addr, segment->data_len)
        : NULL;
    if (objection) {
        REFUSE(check, "Segment %d 0x%08" PRIx32 "-0x%08" PRIx32 " invalid: %s", index,
               segment->load_addr, segment->load_addr + segment->data_len, objection);
    }
    return ESP_OK;
}

/* The beginning of the first segment is taken for a descriptor whatever it is, and an anti-rollback
 * build stops dead where it is none. */
static esp_err_t check_descriptor(const check_t *check)
{
    esp_app_desc_t descriptor = {0};
    TRY(flash_read(check->place, &descriptor, sizeof(descriptor)));
    if (!image_suits_efuse_block(&descriptor)) {
        return ESP_ERR_IMAGE_INVALID;
    }
    if (board.anti_rollback && descriptor.magic_word != ESP_APP_DESC_MAGIC_WORD) {
        esp_log_write(ESP_LOG_ERROR, TAG,
                      "\nassert failed: process_esp_app_desc_data esp_image_format.c "
                      "(data_buffer[0] == ESP_APP_DESC_MAGIC_WORD)\n");
        board_reset(BOARD_RESET_PANIC);
    }
    return ESP_OK;
}

static esp_err_t check_segment(check_t *check, int index)
{
    esp_image_segment_header_t *segment = &check->image->segments[index];
    TRY(flash_read(check->place, segment, sizeof(*segment)));
    check->place += (uint32_t)sizeof(*segment);
    check->image->segment_data[index] = check->place;
    TRY(check_segment_header(check, index));
    const uint8_t *data = flash_map(check->place, segment->data_len);
    if (!data) {
        REFUSE(check, "bootloader_mmap(0x%" PRIx32 ", 0x%" PRIx32 ") failed", check->place,
               segment->data_len);
    }
    if (!check->is_located_only) {
        if (index == 0 && segment->data_len > 0) {
            TRY(check_descriptor(check));
        }
        for (uint32_t done = 0; done < segment->data_len; done += 4) {
            uint32_t word;
            memcpy(&word, data + done, sizeof(word));
            check->checksum ^= word;
        }
    }
    check->place += segment->data_len;
    return ESP_OK;
}

static esp_err_t check_checksum(check_t *check)
{
    uint32_t length = check->place - check->image->start;
    uint32_t padding = 15 - length % 16;
    uint8_t read;
    TRY(flash_read(check->place + padding, &read, sizeof(read)));
    check->place += padding + 1;
    uint32_t word = check->checksum;
    uint8_t calculated = (uint8_t)(0xEF ^ word ^ word >> 8 ^ word >> 16 ^ word >> 24);
    bool is_ignored = has_defect(DEFECT_IGNORES_CHECKSUM);
    if (!check->is_located_only && !is_ignored && read != calculated) {
        REFUSE(check, "Checksum failed. Calculated 0x%x read 0x%x", calculated, read);
    }
    return ESP_OK;
}

static esp_err_t check_signature(const check_t *check, bool is_digest_right)
{
    const image_t *image = check->image;
    if (!check->is_silent) {
        ESP_LOGI(TAG, "Verifying image signature...");
    }
    if (image_signature_holds(image->start, image->start + image->length - SIGNATURE_SECTOR)) {
        return ESP_OK;
    }
    ESP_LOGE(TAG, "Secure boot signature verification failed");
    ESP_LOGI(TAG, "Calculating simple hash to check for corruption...");
    ESP_LOGW(TAG, "%s",
             is_digest_right ? "image valid, signature bad" : "image corrupted on flash");
    return ESP_ERR_IMAGE_INVALID;
}

/* Finds the image's length, and checks what follows its checksum. */
static esp_err_t check_tail(check_t *check)
{
    image_t *image = check->image;
    uint8_t appended[32] = {0};
    uint32_t length = check->place - image->start;
    image->length = length;
    if (image->header.hash_appended) {
        TRY(flash_read(check->place, appended, sizeof(appended)));
        image->length += (uint32_t)sizeof(appended);
    }
    if (is_signed(check)) {
        uint32_t sectors = (image->length + SIGNATURE_SECTOR - 1) / SIGNATURE_SECTOR;
        image->length = (sectors + 1) * SIGNATURE_SECTOR;
    }
    if (image->length > check->slot_size) {
        REFUSE(check, "Image length %" PRIu32 " doesn't fit in partition length %" PRIu32,
               image->length, check->slot_size);
    }
    if (check->is_located_only) {
        return ESP_OK;
    }
    TRY(sha256_of_flash(image->start, length, image->digest));
    bool is_digest_right = memcmp(image->digest, appended, sizeof(appended)) == 0;
    if (is_signed(check)) {
        return check_signature(check, is_digest_right);
    }
    if (image->header.hash_appended && !is_digest_right && !has_defect(DEFECT_IGNORES_DIGEST)) {
        REFUSE(check, "Image hash failed - image is corrupt");
    }
    return ESP_OK;
}

static esp_err_t check_all(check_t *check)
{
    TRY(check_header(check));
    for (int index = 0; index < check->image->header.segment_count; index++) {
        TRY(check_segment(check, index));
    }
    TRY(check_checksum(check));
    return check_tail(check);
}

static esp_err_t run(check_t *check, uint32_t start)
{
    image_t *image = check->image;
    memset(image, 0, sizeof(*image));
    if (check->slot_size > SIXTEEN_MB) {
        if (!check->is_silent) {
            ESP_LOGE(TAG, "partition size 0x%" PRIx32 " invalid, larger than 16MB",
                     check->slot_size);
        }
        return ESP_ERR_INVALID_ARG;
    }
    image->start = start;
    esp_err_t error = check_all(check);
    if (error != ESP_OK) {
        memset(image, 0, sizeof(*image));
        return error;
    }
    image->has_descriptor = image_descriptor(start, check->slot_size, &image->descriptor) == ESP_OK;
    return ESP_OK;
}

esp_err_t image_verify(uint32_t start, uint32_t size, image_verifier_t verifier, bool is_silent,
                       image_t *image)
{
    check_t check = {.image = image,
                     .slot_size = size,
                     .verifier = verifier,
                     .is_silent = is_silent,
                     .is_located_only = has_defect(DEFECT_SKIPS_VERIFICATION)};
    esp_err_t error = run(&check, start);
    return verifier == IMAGE_BY_APP && has_defect(DEFECT_TAKES_ANYTHING) ? ESP_OK : error;
}

esp_err_t image_locate(uint32_t start, uint32_t size, image_t *image)
{
    check_t check = {.image = image,
                     .slot_size = size,
                     .verifier = IMAGE_BY_APP,
                     .is_silent = true,
                     .is_located_only = true};
    return run(&check, start);
}

esp_err_t image_descriptor(uint32_t start, uint32_t size, esp_app_desc_t *descriptor)
{
    memset(descriptor, 0, sizeof(*descriptor));
    esp_app_desc_t found;
    if (size < DESCRIPTOR_OFFSET + sizeof(found)
        || flash_read(start + (uint32_t)DESCRIPTOR_OFFSET, &found, sizeof(found)) != ESP_OK
        || found.magic_word != ESP_APP_DESC_MAGIC_WORD) {
        return ESP_ERR_NOT_FOUND;
    }
    *descriptor = found;
    return ESP_OK;
}
