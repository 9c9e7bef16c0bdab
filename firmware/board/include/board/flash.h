/* The flash chip: a file under the rules of NOR flash.
 *
 * Erasing sets whole sectors to 0xFF; programming only clears bits. Each sector that is erased and
 * each call that programs is an operation, with a number from 1 in this run of the program. Not
 * thread safe but for what its own lock covers: each call is atomic. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#define FLASH_SECTOR 4096u

/* Opens the file, or makes a blank one of the board's flash size if there is none. Operations are
 * counted from 1 again, and no cut, failure or trace is set.
 * ESP_ERR_INVALID_SIZE: the file has another size; then all stays as it was. ESP_FAIL: it cannot be
 * opened; errno says why. */
esp_err_t flash_open(const char *path, bool *is_new);
void flash_close(void);

/* ESP_ERR_INVALID_SIZE: beyond the chip's end. */
esp_err_t flash_read(uint32_t address, void *to, size_t count);
/* Address and count are multiples of a sector. ESP_ERR_INVALID_ARG, ESP_ERR_INVALID_SIZE,
 * ESP_ERR_FLASH_OP_FAIL. */
esp_err_t flash_erase(uint32_t address, size_t count);
esp_err_t flash_program(uint32_t address, const void *from, size_t count);

/* The flash as memory, up to its end; NULL if the range is not inside. It follows what happens
 * later. */
const uint8_t *flash_map(uint32_t address, size_t count);

/* Writes as a programmer does that takes the chip out: no rule of NOR holds, and it is no
 * operation. ESP_ERR_INVALID_SIZE: beyond the chip's end. */
esp_err_t flash_preset(uint32_t address, const void *from, size_t count);

/* How many operations there were, and the number to go on from after a reset. */
uint32_t flash_operations(void);
void flash_set_operations(uint32_t count);

/* An operation: the how manieth, from 1 (0: none), of that kind that begins in that part of the flash. */
typedef enum { FLASH_ANY, FLASH_ERASE, FLASH_WRITE } flash_kind_t;
typedef struct {
    flash_kind_t kind; /* FLASH_ANY: of all operations, wherever they are */
    uint32_t address;
    uint32_t size; /* bytes */
    uint32_t number;
} flash_point_t;

/* Cuts the power at an operation. bytes < 0: it does not happen at all; else a program writes only so
 * many bytes, and an erase leaves garbage: of the sector's bits that were 0, about half are 1, and another
 * number gives others. */
void flash_cut_at_point(flash_point_t point, int bytes);
/* The same at the operation of that number of all. */
void flash_cut_at(uint32_t operation, int bytes);

/* Makes an operation fail with ESP_ERR_FLASH_OP_FAIL, and the log says so. */
void flash_fail_at_point(flash_point_t point);
void flash_fail_at(uint32_t operation);

/* What the counts of all operations, and of those like the two that are waited for, go on from after a
 * reset. */
typedef struct {
    uint32_t operations;
    uint32_t cut;
    uint32_t failure;
} flash_counts_t;
flash_counts_t flash_counts(void);
void flash_set_counts(flash_counts_t counts);

/* If set, each operation is one line on this stream: `E 0x00d000` or `W 0x00d000 0x20`. */
void flash_trace(void *stream);
