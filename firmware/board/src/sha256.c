#include "sha256.h"

#include <mbedtls/sha256.h>

#include "board/flash.h"

esp_err_t sha256_of_bytes(const void *bytes, size_t count, uint8_t digest[32])
{
    return mbedtls_sha256_ret(bytes, count, digest, 0) == 0 ? ESP_OK : ESP_FAIL;
}

esp_err_t sha256_of_flash(uint32_t address, uint32_t count, uint8_t digest[32])
{
    const uint8_t *bytes = flash_map(address, count);
    return bytes ? sha256_of_bytes(bytes, count, digest) : ESP_ERR_INVALID_SIZE;
}
