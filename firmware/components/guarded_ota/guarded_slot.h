/* Writes an image to a slot so that it cannot pass for an app before it is whole: its first sector
 * is erased before anything is written, and written last. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_partition.h"

#define GUARDED_SECTOR 4096u

typedef struct {
    const esp_partition_t *slot;
    uint8_t first[GUARDED_SECTOR];  /* what the first sector is to be */
    uint8_t sector[GUARDED_SECTOR]; /* the sector that is coming */
    size_t received;                /* bytes that came */
} guarded_slot_t;

/* Begins at the slot's first byte. The slot is left as it is until its first sector has come, and
 * what is in that has been judged. */
void guarded_slot_begin(guarded_slot_t *writer, const esp_partition_t *slot);
/* Goes on at a multiple of a sector; `first` holds the first one. ESP_ERR_INVALID_STATE: the
 * slot's first sector is not erased, so it has been written to since. */
esp_err_t guarded_slot_resume(guarded_slot_t *writer, const esp_partition_t *slot, size_t received);
/* ESP_ERR_INVALID_SIZE: more than the slot holds. */
esp_err_t guarded_slot_write(guarded_slot_t *writer, const uint8_t *bytes, size_t count);
/* How many bytes are in the flash, or in `first`: what a resume can go on from. */
size_t guarded_slot_kept(const guarded_slot_t *writer);
/* Writes what is left of the last sector, but not yet the first. */
esp_err_t guarded_slot_flush(guarded_slot_t *writer);
/* Reads back what is kept, from the flash or from `first`. */
esp_err_t guarded_slot_read(const guarded_slot_t *writer, size_t offset, uint8_t *to, size_t count);
/* The SHA-256 of the first `count` bytes, read back from the flash. */
esp_err_t guarded_slot_sha256(const guarded_slot_t *writer, size_t count, uint8_t digest[32]);
/* Writes the first sector: from now on the slot holds an app. */
esp_err_t guarded_slot_commit(guarded_slot_t *writer);
/* Makes the slot unusable again. */
esp_err_t guarded_slot_discard(const guarded_slot_t *writer);
