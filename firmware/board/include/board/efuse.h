/* The eFuses that an update can meet: a small file with the bits of the secure version, four bytes,
 * the lowest first. Bits are burnt and never cleared. */
#pragma once

#include "esp_err.h"

/* Reads the file, or begins with no bit burnt if there is none; NULL: in memory only.
 * ESP_ERR_INVALID_SIZE: it has not four bytes. ESP_FAIL: it cannot be read; errno says why. */
esp_err_t efuse_open(const char *path);
