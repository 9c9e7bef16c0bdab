/* ESP-IDF's own names for what image.c does. */
#include "esp_image_format.h"

#include <string.h>

#include "board/image.h"
#include "bootloader_common.h"
#include "sha256.h"

static void describe(const image_t *image, esp_image_metadata_t *data)
{
    data->start_addr = image->start;
    data->image = image->header;
    memcpy(data->segments, image->segments, sizeof(data->segments));
    memcpy(data->segment_data, image->segment_data, sizeof(data->segment_data));
    data->image_len = image->length;
    memcpy(data->image_digest, image->digest, sizeof(data->image_digest));
    data->secure_version = image->descriptor.secure_version;
}

esp_err_t esp_image_verify(esp_image_load_mode_t mode, const esp_partition_pos_t *part,
                           esp_image_metadata_t *data)
{
    if (!part || !data) {
        return ESP_ERR_INVALID_ARG;
    }
    image_t image;
    esp_err_t error = image_verify(part->offset, part->size, IMAGE_BY_APP,
                                   mode == ESP_IMAGE_VERIFY_SILENT, &image);
    describe(&image, data);
    return error;
}

esp_err_t esp_image_get_metadata(const esp_partition_pos_t *part, esp_image_metadata_t *metadata)
{
    if (!part || !metadata) {
        return ESP_ERR_INVALID_ARG;
    }
    image_t image;
    esp_err_t error = image_locate(part->offset, part->size, &image);
    describe(&image, metadata);
    return error;
}

esp_err_t bootloader_common_get_sha256_of_partition(uint32_t address, uint32_t size, int type,
                                                    uint8_t *out_sha_256)
{
    if (!out_sha_256 || size == 0) {
        return ESP_ERR_INVALID_ARG;
    }
    if (type == PART_TYPE_APP) {
        image_t image;
        if (image_verify(address, size, IMAGE_BY_APP, true, &image) != ESP_OK) {
            return ESP_ERR_IMAGE_INVALID;
        }
        if (image.header.hash_appended) {
            memcpy(out_sha_256, image.digest, sizeof(image.digest));
            return ESP_OK;
        }
        size = image.length;
    }
    return sha256_of_flash(address, size, out_sha_256);
}
