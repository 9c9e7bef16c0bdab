#include "sweep_words.h"

#include <stdlib.h>
#include <string.h>

#include "program.h"

/* No update takes so many. */
#define MAX_BOOTS "8"

static size_t count_of(const char *const words[])
{
    size_t count = 0;
    while (words[count]) {
        count++;
    }
    return count;
}

static const char **new_list(size_t room)
{
    const char **list = calloc(room + 1, sizeof(*list));
    if (!list) {
        fail(EXIT_NO_SETUP, "no memory");
    }
    return list;
}

/* The value of an option at a place in the words, which it moves to the last word of the option; NULL if
 * another option is there. */
static const char *value_of(const char *name, int count, char *const words[], int *at)
{
    size_t length = strlen(name);
    if (strncmp(words[*at], name, length) != 0) {
        return NULL;
    }
    if (words[*at][length] == '=') {
        return words[*at] + length + 1;
    }
    if (words[*at][length] != 0) {
        return NULL;
    }
    if (*at + 1 == count) {
        fail(EXIT_WRONG_USAGE, "%s needs a value", name);
    }
    return words[++*at];
}

static unsigned parse_jobs(const char *text)
{
    char *end;
    unsigned long jobs = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != 0 || jobs < 1 || jobs > 256) {
        fail(EXIT_WRONG_USAGE, "--jobs: \"%s\" is not 1...256", text);
    }
    return (unsigned)jobs;
}

/* Whether a run's word is one that the sweep says itself. */
static void refuse(const char *word)
{
    static const char *const own[] = {"--cut-after", "--fail-at"};
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (strncmp(word, own[i], strlen(own[i])) == 0) {
            fail(EXIT_WRONG_USAGE, "sweep cuts everywhere by itself; leave %s away", own[i]);
        }
    }
}

sweep_words_t sweep_words(int count, char *const words[])
{
    sweep_words_t result = {.boot = new_list((size_t)count + 2),
                            .update = new_list((size_t)count + 2)};
    size_t boot = 0, update = 0;
    bool ends_itself = false;
    const char *value;
    for (int i = 0; i < count; i++) {
        refuse(words[i]);
        ends_itself |= strncmp(words[i], "--max-boots", 11) == 0;
        if ((value = value_of("--flash", count, words, &i))) {
            result.flash = value;
        } else if ((value = value_of("--efuse", count, words, &i))) {
            result.efuse = value;
        } else if ((value = value_of("--report", count, words, &i))) {
            result.report = value;
        } else if ((value = value_of("--jobs", count, words, &i))) {
            result.jobs = parse_jobs(value);
        } else if ((value = value_of("--url", count, words, &i))) {
            result.update[update++] = "--url";
            result.update[update++] = value;
        } else if ((value = value_of("--method", count, words, &i))) {
            result.update[update++] = "--method";
            result.update[update++] = value;
        } else if (strcmp(words[i], "--trace") != 0) {
            result.boot[boot++] = words[i];
        }
    }
    if (!ends_itself) {
        result.boot[boot++] = "--max-boots";
        result.boot[boot++] = MAX_BOOTS;
    }
    memcpy(result.update + update, result.boot, boot * sizeof(*result.boot));
    return result;
}

const char **sweep_words_with(const sweep_words_t *words, const char *const more[])
{
    size_t count = count_of(words->update), more_count = count_of(more);
    const char **list = new_list(count + more_count);
    memcpy(list, words->update, count * sizeof(*list));
    memcpy(list + count, more, more_count * sizeof(*list));
    return list;
}

void sweep_words_print(FILE *file, const char *const words[])
{
    for (size_t i = 0; words[i]; i++) {
        static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                    "-_./:=,@%+";
        if (words[i][0] != 0 && words[i][strspn(words[i], plain)] == 0) {
            fprintf(file, " %s", words[i]);
            continue;
        }
        fputs(" '", file);
        for (const char *at = words[i]; *at; at++) {
            fputs(*at == '\'' ? "'\\''" : (const char[]){*at, 0}, file);
        }
        fputc('\'', file);
    }
}
