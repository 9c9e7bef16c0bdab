/* One run of the board in a process of its own, on flash and eFuses of its own. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The files of one board. */
typedef struct {
    char flash[PATH_MAX];
    char efuse[PATH_MAX];
    char report[PATH_MAX];
    char console[PATH_MAX]; /* the standard output of the last run */
    char trace[PATH_MAX];   /* the standard error of the last run */
} sweep_board_t;

/* What a run came to. */
typedef struct {
    int status;           /* the program's; SWEEP_OVERDUE, or 128 and a signal's number */
    bool has_app;         /* an app has run */
    uint32_t slot_offset; /* of the one that ran last */
    char slot[17];
    char version[193]; /* as the report escapes it */
} sweep_end_t;

#define SWEEP_OVERDUE (-1)
/* A run that takes longer has hung. */
#define SWEEP_RUN_SECONDS 60

/* The paths in a folder. */
void sweep_board_in(const char *folder, sweep_board_t *board);
/* Makes a board's flash and eFuses like another's. */
void sweep_board_copy(const sweep_board_t *from, const sweep_board_t *to);

/* Runs the program on a board with more words, which end with NULL, and waits for its end. */
sweep_end_t sweep_run(const sweep_board_t *board, const char *const words[]);

/* How many operations the flash had seen at the beginning of a boot of the last run; UINT32_MAX: there was
 * no such boot. */
uint32_t sweep_operations_before(const sweep_board_t *board, unsigned boot);
