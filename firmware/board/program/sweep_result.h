/* What a sweep has found, for people and for machines. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sweep_cuts.h"
#include "sweep_words.h"

typedef enum { SWEEP_RUNS_NEITHER, SWEEP_RUNS_OLD, SWEEP_RUNS_NEW } sweep_runs_t;

/* What a cut came to. */
typedef struct {
    sweep_runs_t after; /* what runs after it */
    sweep_runs_t again; /* what runs after a second attempt */
    bool is_broken;
    char why[128]; /* which demand it broke */
} sweep_verdict_t;

typedef struct {
    const char *old; /* "factory 1.0.0" */
    const char *new;
    uint32_t operations;
    uint32_t chosen_at; /* the operation that ended the update: the new app boots from here on */
    const sweep_cut_t *cuts;
    const sweep_verdict_t *verdicts;
    size_t count;
} sweep_result_t;

/* How many cuts broke a demand. */
size_t sweep_broken(const sweep_result_t *result);
/* Writes the result on the standard output. */
void sweep_print(const sweep_result_t *result, const sweep_words_t *words);
/* Writes a line of JSON for each cut, and one for the whole; ends the program if it cannot. */
void sweep_report(const sweep_result_t *result, const char *path);
