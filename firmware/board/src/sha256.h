/* SHA-256 of what stands in flash. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

/* Of a range: 32 bytes. ESP_ERR_INVALID_SIZE: it is not inside the flash. */
esp_err_t sha256_of_flash(uint32_t address, uint32_t count, uint8_t digest[32]);
/* Of memory. */
esp_err_t sha256_of_bytes(const void *bytes, size_t count, uint8_t digest[32]);
