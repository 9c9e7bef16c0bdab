#include "esp_app_desc.h"

#include "board/bootloader.h"
#include "esp_ota_ops.h"

const esp_app_desc_t *esp_app_get_description(void)
{
    static const esp_app_desc_t nothing;
    const boot_t *boot = bootloader_running();
    return boot ? &boot->image.descriptor : &nothing;
}

int esp_app_get_elf_sha256(char *to, size_t size)
{
    if (!to || size == 0) {
        return 0;
    }
    const uint8_t *digest = esp_app_get_description()->app_elf_sha256;
    size_t digits = size - 1 < 64 ? size - 1 : 64;
    for (size_t index = 0; index < digits; index++) {
        uint8_t byte = digest[index / 2];
        to[index] = "0123456789abcdef"[index % 2 ? byte & 15 : byte >> 4];
    }
    to[digits] = 0;
    return (int)digits + 1;
}

char *esp_app_get_elf_sha256_str(void)
{
    static char text[10];
    esp_app_get_elf_sha256(text, sizeof(text));
    return text;
}

const esp_app_desc_t *esp_ota_get_app_description(void) { return esp_app_get_description(); }

int esp_ota_get_app_elf_sha256(char *to, size_t size) { return esp_app_get_elf_sha256(to, size); }
