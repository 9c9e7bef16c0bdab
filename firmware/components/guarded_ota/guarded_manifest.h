/* The manifest beside an image: lines of `key=value`. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#define GUARDED_MANIFEST_LIMIT 2048

typedef struct {
    bool has_sha256;
    uint8_t sha256[32]; /* of the whole file */
    size_t size;        /* of the file; 0: not said */
    char version[32];   /* the app's; empty: not said */
} guarded_manifest_t;

/* Reads a manifest: `sha256` (64 hexadecimal digits), `size` (decimal) and `version`; empty lines,
 * lines that begin with # and keys that are not known are passed over. ESP_ERR_INVALID_RESPONSE: a
 * known key has no such value, or comes twice, or there is no sha256. */
esp_err_t guarded_manifest_read(const char *text, size_t count, guarded_manifest_t *manifest);
