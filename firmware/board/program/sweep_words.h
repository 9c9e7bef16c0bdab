/* The command lines of a sweep's runs, made of its own. */
#pragma once

#include <stdio.h>

typedef struct {
    const char *flash;  /* where the user's flash is; NULL: a new one is to be made */
    const char *efuse;  /* NULL: beside the flash */
    const char *report; /* NULL: none */
    unsigned jobs;      /* runs at once; 0: as many as suit the computer */
    const char **boot;   /* a boot with no update asked for; ends with NULL, as the next do */
    const char **update; /* boots, and updates */
} sweep_words_t;

/* Takes the words behind `sweep`; ends the program if one of the sweep's own is wrong. */
sweep_words_t sweep_words(int count, char *const words[]);

/* The update's words, and more behind them. The caller frees the list. */
const char **sweep_words_with(const sweep_words_t *words, const char *const more[]);

/* Writes words as a shell takes them, each behind a space. */
void sweep_words_print(FILE *file, const char *const words[]);
