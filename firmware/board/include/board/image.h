/* App images in flash, verified as ESP-IDF v5.3.2 does, with its log lines, in its order. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "esp_app_desc.h"
#include "esp_app_format.h"
#include "esp_err.h"

typedef enum {
    IMAGE_BY_APP,        /* esp_ota_end, esp_ota_set_boot_partition: ignores load addresses */
    IMAGE_BY_BOOTLOADER, /* load addresses are */
} image_verifier_t;

typedef struct {
    uint32_t start;   /* of the slot, in flash */
    uint32_t length;  /* with checksum, digest and, for a signed image, its signature sector */
    esp_image_header_t header;
    esp_image_segment_header_t segments[ESP_IMAGE_MAX_SEGMENTS];
    uint32_t segment_data[ESP_IMAGE_MAX_SEGMENTS]; /* where each one's data stands in flash */
    uint8_t digest[32]; /* of the image up to its digest, if there is one */
    bool has_descriptor;
    esp_app_desc_t descriptor;
} image_t;

/* ESP_OK or ESP_ERR_IMAGE_INVALID (0x2002), ESP_ERR_INVALID_ARG, or a flash error. With is_silent
 * the log says nothing but what ESP-IDF says even then. */
esp_err_t image_verify(uint32_t start, uint32_t size, image_verifier_t verifier, bool is_silent,
                       image_t *image);

/* The same without looking at checksum, digest and signature: where the parts stand. Is silent. */
esp_err_t image_locate(uint32_t start, uint32_t size, image_t *image);

/* The descriptor at its place in a slot. ESP_ERR_NOT_FOUND if its magic word is another. */
esp_err_t image_descriptor(uint32_t start, uint32_t size, esp_app_desc_t *descriptor);
