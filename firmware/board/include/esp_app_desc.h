/* What an app says about itself (ESP-IDF Programming Guide, "App Image Format", Application
 * Description). */
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_APP_DESC_MAGIC_WORD 0xABCD5432

/* At the beginning of an image's first segment. */
typedef struct {
    uint32_t magic_word;
    uint32_t secure_version; /* compared with the eFuses under anti-rollback */
    uint32_t reserv1[2];
    char version[32];
    char project_name[32];
    char time[16];
    char date[16];
    char idf_ver[32];
    uint8_t app_elf_sha256[32];
    uint16_t min_efuse_blk_rev_full; /* major * 100 + minor */
    uint16_t max_efuse_blk_rev_full; /* 0 and 65535: any */
    uint32_t reserv2[19];
} esp_app_desc_t;

static_assert(sizeof(esp_app_desc_t) == 256, "as it stands in the file");

/* The running app's descriptor; never NULL, and all zeros if nothing runs. */
const esp_app_desc_t *esp_app_get_description(void);

/* Writes the running app's app_elf_sha256 in hexadecimal, as many digits as fit before the zero
 * byte. Returns how many bytes were written, that one included. */
int esp_app_get_elf_sha256(char *to, size_t size);
/* The first nine of those digits. */
char *esp_app_get_elf_sha256_str(void);

#ifdef __cplusplus
}
#endif
