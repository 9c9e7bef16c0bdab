#include "sweep_result.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "program.h"

#define SHOWN 20

static const char *const names[] = {"neither", "old", "new"};

static const char *count_text(size_t count, char *text, size_t size)
{
    snprintf(text, size, count == 1 ? "%zu cut" : "%zu cuts", count);
    return text;
}

static bool is_lost(const sweep_result_t *result, size_t i)
{
    return result->cuts[i].operation->number > result->chosen_at &&
           result->verdicts[i].after == SWEEP_RUNS_OLD;
}

static size_t count_lost(const sweep_result_t *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->count; i++) {
        count += is_lost(result, i);
    }
    return count;
}

size_t sweep_broken(const sweep_result_t *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->count; i++) {
        count += result->verdicts[i].is_broken;
    }
    return count;
}

/* Cuts that stand in one row of the table: of one boot and partition, and otadata's by operation. */
static bool is_one_row(const sweep_cut_t *left, const sweep_cut_t *right)
{
    const sweep_operation_t *one = left->operation, *other = right->operation;
    return one->boot == other->boot && strcmp(one->where, other->where) == 0 &&
           (!one->is_otadata || one->number == other->number);
}

static void print_row(const sweep_result_t *result, size_t first)
{
    const sweep_operation_t *operation = result->cuts[first].operation;
    size_t cuts = 0, runs[3] = {0}, mended = 0;
    uint32_t last = 0;
    for (size_t i = first; i < result->count; i++) {
        if (is_one_row(&result->cuts[first], &result->cuts[i])) {
            cuts += 1;
            runs[result->verdicts[i].after] += 1;
            mended += result->verdicts[i].again == SWEEP_RUNS_NEW;
            last = result->cuts[i].operation->number;
        }
    }
    char where[32], numbers[32];
    snprintf(where, sizeof(where), "%s%s", operation->where,
             !operation->is_otadata ? "" : operation->is_erase ? " erase" : " program");
    snprintf(numbers, sizeof(numbers), last == operation->number ? "%" PRIu32 : "%" PRIu32 "...%" PRIu32,
             operation->number, last);
    printf("%4u  %-16s  %-11s  %5zu  %5zu  %5zu  %7zu  %6zu\n", operation->boot, where, numbers, cuts,
           runs[SWEEP_RUNS_OLD], runs[SWEEP_RUNS_NEW], runs[SWEEP_RUNS_NEITHER], mended);
}

static bool is_first_of_its_row(const sweep_result_t *result, size_t i)
{
    for (size_t before = 0; before < i; before++) {
        if (is_one_row(&result->cuts[before], &result->cuts[i])) {
            return false;
        }
    }
    return true;
}

static void print_broken(const sweep_result_t *result, const sweep_words_t *words)
{
    char text[32];
    size_t shown = 0, broken = sweep_broken(result);
    if (broken == 0) {
        printf("No cut broke a demand.\n");
        return;
    }
    printf("A demand was broken by %s:\n", count_text(broken, text, sizeof(text)));
    for (size_t i = 0; i < result->count && shown < SHOWN; i++) {
        if (result->verdicts[i].is_broken) {
            char name[32];
            sweep_cut_name(&result->cuts[i], name, sizeof(name));
            printf("  %-8s in %s: %s\n", name, result->cuts[i].operation->where,
                   result->verdicts[i].why);
            shown += 1;
        }
    }
    if (shown < broken) {
        printf("  and %zu more; --report FILE lists them all\n", broken - shown);
    }
    printf("To replay one, N being what stands before it:\n  ");
    if (words->flash) {
        const char *flash[] = {words->flash, NULL};
        printf("cp");
        sweep_words_print(stdout, flash);
        printf(" cut.flash");
    } else {
        printf("rm -f cut.flash cut.flash.efuse");
    }
    printf("; virtual-board --flash cut.flash");
    sweep_words_print(stdout, words->update);
    printf(" --cut-after N\n  virtual-board --flash cut.flash");
    sweep_words_print(stdout, words->boot);
    printf("\n");
}

void sweep_print(const sweep_result_t *result, const sweep_words_t *words)
{
    printf("From %s to %s: %" PRIu32 " flash operations, and %zu cuts, before each and in its middle.\n\n",
           result->old, result->new, result->operations, result->count);
    printf("                                             then runs              again\n");
    printf("boot  where             operations    cuts    old    new  neither     new\n");
    for (size_t i = 0; i < result->count; i++) {
        if (is_first_of_its_row(result, i)) {
            print_row(result, i);
        }
    }
    printf("\n");
    size_t lost = count_lost(result);
    if (lost > 0) {
        char text[32];
        printf("Lost by %s: the update was finished, and the old app runs.\n",
               count_text(lost, text, sizeof(text)));
    }
    print_broken(result, words);
}

void sweep_report(const sweep_result_t *result, const char *path)
{
    FILE *file = fopen(path, "w");
    for (size_t i = 0; file && i < result->count; i++) {
        const sweep_operation_t *operation = result->cuts[i].operation;
        char name[32];
        sweep_cut_name(&result->cuts[i], name, sizeof(name));
        fprintf(file,
                "{\"event\":\"cut\",\"cut\":\"%s\",\"boot\":%u,\"operation\":\"%s\",\"address\":%" PRIu32
                ",\"size\":%" PRIu32 ",\"where\":\"%s\",\"after\":\"%s\",\"again\":\"%s\",\"lost\":%s",
                name, operation->boot, operation->is_erase ? "erase" : "program", operation->address,
                operation->size, operation->where, names[result->verdicts[i].after],
                names[result->verdicts[i].again], is_lost(result, i) ? "true" : "false");
        if (result->verdicts[i].is_broken) {
            fprintf(file, ",\"broken\":\"%s\"", result->verdicts[i].why);
        }
        fprintf(file, "}\n");
    }
    if (file) {
        fprintf(file,
                "{\"event\":\"sweep\",\"old\":\"%s\",\"new\":\"%s\",\"operations\":%" PRIu32
                ",\"cuts\":%zu,\"lost\":%zu,\"broken\":%zu}\n",
                result->old, result->new, result->operations, result->count, count_lost(result),
                sweep_broken(result));
    }
    if (!file || fclose(file) != 0) {
        fail(EXIT_NO_SETUP, "the report %s cannot be written: %m", path);
    }
}
