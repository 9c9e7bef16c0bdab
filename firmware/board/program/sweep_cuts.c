#define _GNU_SOURCE
#include "sweep_cuts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/flash.h"
#include "board/partition_table.h"
#include "program.h"

#define WORD 4u
#define SHORT_PROGRAM 64u

static void place(sweep_operation_t *operation)
{
    int count;
    const esp_partition_info_t *rows = partition_table_rows(&count);
    for (int i = 0; i < count; i++) {
        if (operation->address - rows[i].pos.offset < rows[i].pos.size) {
            snprintf(operation->where, sizeof(operation->where), "%.16s", rows[i].label);
            operation->is_otadata =
                rows[i].type == PART_TYPE_DATA && rows[i].subtype == PART_SUBTYPE_DATA_OTA;
            return;
        }
    }
    snprintf(operation->where, sizeof(operation->where), "0x%06" PRIx32, operation->address);
}

sweep_operation_t *sweep_operations(const sweep_board_t *board, size_t *count)
{
    size_t size, room = 0;
    char *text = read_file(board->trace, &size);
    char *rest = text;
    sweep_operation_t *operations = NULL;
    *count = 0;
    unsigned boot = 1;
    uint32_t next_boot = sweep_operations_before(board, 2);
    for (char *line; (line = strsep(&rest, "\n"));) {
        char kind;
        uint32_t address, bytes = FLASH_SECTOR;
        if (sscanf(line, "%c 0x%" SCNx32 " 0x%" SCNx32, &kind, &address, &bytes) < 2 ||
            (kind != 'E' && kind != 'W')) {
            continue;
        }
        if (*count == room) {
            room = room * 2 + 512;
            operations = realloc(operations, room * sizeof(*operations));
            if (!operations) {
                fail(EXIT_NO_SETUP, "no memory");
            }
        }
        while (*count >= next_boot) {
            boot += 1;
            next_boot = sweep_operations_before(board, boot + 1);
        }
        sweep_operation_t *operation = &operations[(*count)++];
        *operation = (sweep_operation_t){.number = (uint32_t)*count,
                                         .boot = boot,
                                         .is_erase = kind == 'E',
                                         .address = address,
                                         .size = bytes};
        place(operation);
    }
    free(text);
    return operations;
}

/* How far the cuts in an operation are apart; its size if it has none inside. */
static uint32_t step(const sweep_operation_t *operation)
{
    bool is_short = !operation->is_erase && operation->size <= SHORT_PROGRAM;
    return is_short ? WORD : (operation->size + 1) / 2;
}

sweep_cut_t *sweep_cuts(const sweep_operation_t *operations, size_t operation_count, size_t *count)
{
    size_t most = operation_count * (SHORT_PROGRAM / WORD);
    sweep_cut_t *cuts = calloc(most ? most : 1, sizeof(*cuts));
    if (!cuts) {
        fail(EXIT_NO_SETUP, "no memory");
    }
    *count = 0;
    for (size_t i = 0; i < operation_count; i++) {
        const sweep_operation_t *operation = &operations[i];
        cuts[(*count)++] = (sweep_cut_t){operation, -1};
        for (uint32_t at = step(operation); at < operation->size; at += step(operation)) {
            cuts[(*count)++] = (sweep_cut_t){operation, (int)at};
        }
    }
    return cuts;
}

void sweep_cut_name(const sweep_cut_t *cut, char *name, size_t size)
{
    if (cut->bytes < 0) {
        snprintf(name, size, "%" PRIu32, cut->operation->number);
    } else {
        snprintf(name, size, "%" PRIu32 ":%d", cut->operation->number, cut->bytes);
    }
}
