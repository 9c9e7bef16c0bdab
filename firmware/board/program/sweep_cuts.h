/* Where the power can be cut in an update: the flash operations that it took, and the cuts in each. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sweep_run.h"

typedef struct {
    uint32_t number; /* from 1 */
    unsigned boot;   /* in which it happened, from 1 */
    bool is_erase;
    uint32_t address;
    uint32_t size;   /* bytes */
    char where[17];  /* the partition's label, or the address if it is in none */
    bool is_otadata;
} sweep_operation_t;

typedef struct {
    const sweep_operation_t *operation;
    int bytes; /* that are written of a program; -1: the power goes before the operation */
} sweep_cut_t;

/* The operations of the last run on a board, from its trace; the table must be loaded. The caller frees
 * them. */
sweep_operation_t *sweep_operations(const sweep_board_t *board, size_t *count);

/* All cuts: before each operation, and in its middle. A short program, as otadata's and NVS's are, is also
 * cut behind each word. The caller frees them. */
sweep_cut_t *sweep_cuts(const sweep_operation_t *operations, size_t operation_count, size_t *count);

/* As --cut-after takes it: "12", "12:4". */
void sweep_cut_name(const sweep_cut_t *cut, char *name, size_t size);
