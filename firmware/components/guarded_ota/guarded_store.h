/* What survives a reset: blobs in NVS, in a namespace of this component's own. */
#pragma once

#include <stddef.h>

#include "esp_err.h"

/* A blob of exactly this size; else ESP_ERR_NOT_FOUND. */
esp_err_t guarded_store_load(const char *key, void *to, size_t size);
esp_err_t guarded_store_save(const char *key, const void *from, size_t size);
void guarded_store_forget(const char *key);
