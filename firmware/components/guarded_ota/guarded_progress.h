/* How far a download had come, kept over a reset. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "guarded_slot.h"

#define GUARDED_VALIDATOR_LIMIT 96

typedef struct {
    uint32_t url;                            /* a hash of it */
    uint32_t slot;                           /* its address */
    uint32_t received;                       /* a multiple of a sector */
    uint32_t total;                          /* of the file; 0: not known */
    bool has_sha256;
    uint8_t sha256[32];                      /* that the manifest wanted */
    char validator[GUARDED_VALIDATOR_LIMIT]; /* a strong ETag or a date, for If-Range; or empty */
} guarded_progress_t;

/* ESP_ERR_NOT_FOUND: there is none. `first` is the slot's first sector. */
esp_err_t guarded_progress_load(guarded_progress_t *progress, uint8_t first[GUARDED_SECTOR]);
/* `first` is written only when it is given: once in a download. */
esp_err_t guarded_progress_save(const guarded_progress_t *progress, const uint8_t *first);
void guarded_progress_forget(void);
/* A hash of a URL (FNV-1a), to tell whether progress belongs to it. */
uint32_t guarded_progress_hash(const char *text);
