/* The app that a new board comes with, if none is given: as small as one can be, and sound. */
#include <mbedtls/sha256.h>
#include <stdlib.h>
#include <string.h>

#include "esp_app_desc.h"
#include "esp_app_format.h"
#include "program.h"

/* Where the constants and the code of a chip's app go (Technical Reference Manuals, "Address Mapping"). */
static void addresses(uint32_t *constants, uint32_t *code)
{
    switch ((int)board.chip_id) {
    case ESP_CHIP_ID_ESP32: *constants = 0x3F400020; *code = 0x40080000; break;
    case ESP_CHIP_ID_ESP32S2: *constants = 0x3F000020; *code = 0x40024000; break;
    case ESP_CHIP_ID_ESP32S3: *constants = 0x3C000020; *code = 0x40374000; break;
    case ESP_CHIP_ID_ESP32C3:
    case ESP_CHIP_ID_ESP32C2: *constants = 0x3C000020; *code = 0x40380000; break;
    case ESP_CHIP_ID_ESP32P4: *constants = 0x40000020; *code = 0x4FF00000; break;
    default: *constants = 0x42000020; *code = 0x40800000; break;
    }
}

uint8_t *factory_image(uint32_t secure_version, size_t *size)
{
    struct {
        esp_image_header_t header;
        esp_image_segment_header_t constants;
        esp_app_desc_t descriptor;
        esp_image_segment_header_t code;
        uint32_t loop[4];
        uint8_t padding[7];
        uint8_t checksum;
        uint8_t digest[32];
    } __attribute__((packed)) *image = calloc(1, sizeof(*image));
    if (!image) {
        fail(EXIT_NO_SETUP, "no memory");
    }
    uint32_t constants, code;
    addresses(&constants, &code);
    image->header = (esp_image_header_t){.magic = ESP_IMAGE_HEADER_MAGIC,
                                         .segment_count = 2,
                                         .spi_mode = 2,
                                         .spi_size = 2,
                                         .entry_addr = code,
                                         .wp_pin = 0xEE,
                                         .chip_id = (esp_chip_id_t)board.chip_id,
                                         .max_chip_rev_full = 65535,
                                         .hash_appended = 1};
    image->constants = (esp_image_segment_header_t){constants, sizeof(image->descriptor)};
    image->code = (esp_image_segment_header_t){code, sizeof(image->loop)};
    image->descriptor = (esp_app_desc_t){.magic_word = ESP_APP_DESC_MAGIC_WORD,
                                         .secure_version = secure_version,
                                         .version = "1.0.0",
                                         .project_name = "virtual-board-factory",
                                         .time = "12:00:00",
                                         .date = "Jan  1 2025",
                                         .idf_ver = "v5.3.2"};
    uint8_t checksum = 0xEF;
    for (size_t i = 0; i < sizeof(image->descriptor); i++) {
        checksum ^= ((const uint8_t *)&image->descriptor)[i];
    }
    image->checksum = checksum; /* the loop is all zeros */
    _Static_assert(offsetof(__typeof__(*image), digest) % 16 == 0, "the checksum ends a block");
    if (mbedtls_sha256_ret((const uint8_t *)image, offsetof(__typeof__(*image), digest),
                           image->digest, 0) != 0) {
        fail(EXIT_NO_SETUP, "the factory image cannot be made");
    }
    *size = sizeof(*image);
    return (uint8_t *)image;
}
