#define _GNU_SOURCE
#include "sweep.h"

#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board/flash.h"
#include "board/image.h"
#include "board/partition_table.h"
#include "program.h"
#include "sweep_cuts.h"
#include "sweep_result.h"
#include "sweep_run.h"
#include "sweep_words.h"

/* Runs wait more than they work. */
#define JOBS_PER_CORE 4
#define MOST_JOBS 256

/* An app, as it lies in flash. */
typedef struct {
    uint8_t *bytes;
    size_t length;
    char name[220]; /* "ota_0 2.0.0" */
} app_t;

typedef struct {
    sweep_words_t words;
    char folder[PATH_MAX - 64];
    sweep_board_t start; /* as it is before the update */
    app_t old;
    app_t new;
    sweep_cut_t *cuts;
    size_t cut_count;
    sweep_verdict_t *verdicts; /* shared with the jobs, as is the next */
    atomic_size_t *done;
} sweep_t;

/* ---- Boards and what runs on them ---- */

static void board_in(const sweep_t *sweep, const char *name, sweep_board_t *board)
{
    char path[PATH_MAX - 32];
    snprintf(path, sizeof(path), "%s/%s", sweep->folder, name);
    if (mkdir(path, 0700) != 0) {
        fail(EXIT_NO_SETUP, "%s cannot be made: %m", path);
    }
    sweep_board_in(path, board);
}

static void open_flash(const sweep_board_t *of)
{
    bool is_new;
    if (flash_open(of->flash, &is_new) != ESP_OK) {
        fail(EXIT_NO_SETUP, "the flash %s cannot be opened: %m", of->flash);
    }
}

static uint32_t size_of_slot(uint32_t offset)
{
    int count;
    const esp_partition_info_t *rows = partition_table_rows(&count);
    for (int i = 0; i < count; i++) {
        if (rows[i].pos.offset == offset) {
            return rows[i].pos.size;
        }
    }
    return 0;
}

/* The app that a run has ended with. */
static app_t app_of(const sweep_board_t *of, const sweep_end_t *end)
{
    app_t app = {0};
    image_t image;
    open_flash(of);
    esp_err_t error = image_locate(end->slot_offset, size_of_slot(end->slot_offset), &image);
    if (error == ESP_OK) {
        app.length = image.length;
        app.bytes = malloc(app.length);
    }
    if (!app.bytes || flash_read(end->slot_offset, app.bytes, app.length) != ESP_OK) {
        fail(EXIT_NO_SETUP, "the app in %s cannot be read", end->slot);
    }
    flash_close();
    snprintf(app.name, sizeof(app.name), "%s %s", end->slot, end->version);
    return app;
}

/* Whether all of an app's bytes are where an app ran. The flash is open. */
static bool lies_at(const app_t *app, uint32_t offset)
{
    const uint8_t *bytes = flash_map(offset, app->length);
    return bytes && memcmp(bytes, app->bytes, app->length) == 0;
}

static sweep_runs_t what_runs(const sweep_t *sweep, const sweep_board_t *on, const sweep_end_t *end)
{
    sweep_runs_t runs = SWEEP_RUNS_NEITHER;
    if (end->status == EXIT_ENDED && end->has_app) {
        open_flash(on);
        if (lies_at(&sweep->new, end->slot_offset)) {
            runs = SWEEP_RUNS_NEW;
        } else if (lies_at(&sweep->old, end->slot_offset)) {
            runs = SWEEP_RUNS_OLD;
        }
        flash_close();
    }
    return runs;
}

static const char *describe(const sweep_end_t *end)
{
    switch (end->status) {
    case EXIT_ENDED: return "what runs is neither the old app nor the new one";
    case EXIT_NO_APP: return "no app boots";
    case EXIT_MAX_BOOTS: return "it boots again and again";
    case SWEEP_OVERDUE: return "it hangs";
    default: return "the board's program fails";
    }
}

/* ---- One cut ---- */

/* Boots, updates with a cut, boots, and updates again. */
static void judge(const sweep_t *sweep, const sweep_board_t *on, const sweep_cut_t *cut,
                  sweep_verdict_t *verdict)
{
    char name[32];
    sweep_cut_name(cut, name, sizeof(name));
    *verdict = (sweep_verdict_t){.is_broken = true};
    sweep_board_copy(&sweep->start, on);
    const char **update = sweep_words_with(&sweep->words, (const char *[]){"--cut-after", name, NULL});
    sweep_end_t end = sweep_run(on, update);
    free(update);
    if (end.status != EXIT_POWER_CUT) {
        snprintf(verdict->why, sizeof(verdict->why),
                 "the update went another way than without a cut, and never came here");
        return;
    }
    end = sweep_run(on, sweep->words.boot);
    verdict->after = what_runs(sweep, on, &end);
    if (verdict->after == SWEEP_RUNS_NEITHER) {
        snprintf(verdict->why, sizeof(verdict->why), "at the next boot %s", describe(&end));
        return;
    }
    end = sweep_run(on, sweep->words.update);
    verdict->again = what_runs(sweep, on, &end);
    if (verdict->again != SWEEP_RUNS_NEW) {
        snprintf(verdict->why, sizeof(verdict->why), "after a second attempt %s",
                 verdict->again == SWEEP_RUNS_OLD ? "the old app runs" : describe(&end));
        return;
    }
    verdict->is_broken = false;
}

/* ---- All cuts ---- */

static void show_progress(const sweep_t *sweep, size_t done)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\rsweep: %zu of %zu cuts%s", done, sweep->cut_count,
                done == sweep->cut_count ? "\n" : "");
    }
}

/* Every so many cuts, from the job's own number on. */
static void do_job(const sweep_t *sweep, size_t number, size_t jobs)
{
    char name[24];
    sweep_board_t own;
    snprintf(name, sizeof(name), "%zu", number);
    board_in(sweep, name, &own);
    for (size_t i = number; i < sweep->cut_count; i += jobs) {
        judge(sweep, &own, &sweep->cuts[i], &sweep->verdicts[i]);
        show_progress(sweep, atomic_fetch_add(sweep->done, 1) + 1);
    }
}

static size_t job_count(const sweep_t *sweep)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t jobs = sweep->words.jobs ? sweep->words.jobs : (size_t)(cores < 1 ? 1 : cores) * JOBS_PER_CORE;
    jobs = jobs > MOST_JOBS ? MOST_JOBS : jobs;
    return jobs < sweep->cut_count ? jobs : sweep->cut_count;
}

static void try_all(sweep_t *sweep)
{
    size_t size = sweep->cut_count * sizeof(*sweep->verdicts) + sizeof(*sweep->done);
    void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        fail(EXIT_NO_SETUP, "no memory");
    }
    sweep->done = shared;
    sweep->verdicts = (sweep_verdict_t *)(sweep->done + 1);
    size_t jobs = job_count(sweep);
    fflush(NULL);
    for (size_t job = 0; job < jobs; job++) {
        pid_t child = fork();
        if (child < 0) {
            fail(EXIT_NO_SETUP, "the board cannot be run: %m");
        }
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            do_job(sweep, job, jobs);
            _exit(EXIT_ENDED);
        }
    }
    int status;
    while (wait(&status) > 0) {
        if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_ENDED) {
            fail(EXIT_NO_SETUP, "a part of the sweep failed, and so it says nothing");
        }
    }
}

/* ---- Before the cuts ---- */

/* Ends the program, and shows what the board has said last. */
static void fail_with_console(const sweep_board_t *of, const char *why) __attribute__((noreturn));
static void fail_with_console(const sweep_board_t *of, const char *why)
{
    size_t size;
    const char *text = read_file(of->console, &size);
    const char *from = text + size;
    for (int lines = 0; from > text && lines < 16; lines += from > text && from[-1] == '\n') {
        from -= 1;
    }
    fprintf(stderr, "%s\n", from);
    fail(EXIT_NO_SETUP, "%s; above is the end of what the board has said", why);
}

/* The flash as it is before the update: the user's, or a new one. */
static void make_start(sweep_t *sweep, options_t *options)
{
    if (sweep->words.flash && access(sweep->words.flash, F_OK) == 0) {
        char beside[PATH_MAX];
        sweep_board_t users = {0};
        snprintf(beside, sizeof(beside), "%s.efuse", sweep->words.flash);
        snprintf(users.flash, sizeof(users.flash), "%s", sweep->words.flash);
        snprintf(users.efuse, sizeof(users.efuse), "%s",
                 sweep->words.efuse ? sweep->words.efuse : beside);
        sweep_board_copy(&users, &sweep->start);
    } else {
        sweep->words.flash = NULL;
    }
    options->flash = sweep->start.flash;
    options->efuse = sweep->start.efuse;
    setup_storage(options, true);
    if (partition_table_load() != ESP_OK) {
        fail(EXIT_NO_SETUP, "the partition table at 0x8000 of the flash is not sound");
    }
    flash_close();
}

/* The update without a cut: what is old, what is new, and where the power can be cut. */
static sweep_result_t rehearse(sweep_t *sweep)
{
    sweep_result_t result = {0};
    sweep_board_t board;
    board_in(sweep, "rehearsal", &board);
    sweep_board_copy(&sweep->start, &board);
    sweep_end_t end = sweep_run(&board, sweep->words.boot);
    if (end.status != EXIT_ENDED || !end.has_app) {
        fail_with_console(&board, "no app boots and waits before the update");
    }
    sweep->old = app_of(&board, &end);
    sweep_board_copy(&sweep->start, &board);
    const char **update = sweep_words_with(&sweep->words, (const char *[]){"--trace", NULL});
    end = sweep_run(&board, update);
    free(update);
    if (end.status != EXIT_ENDED || !end.has_app) {
        fail_with_console(&board, "without a cut, the update does not end with an app that waits");
    }
    sweep->new = app_of(&board, &end);
    if (strcmp(sweep->old.name, sweep->new.name) == 0) {
        fail_with_console(&board, "without a cut, the app is the same after the update");
    }
    size_t count;
    const sweep_operation_t *operations = sweep_operations(&board, &count);
    sweep->cuts = sweep_cuts(operations, count, &sweep->cut_count);
    for (size_t i = 0; i < count; i++) {
        if (operations[i].boot == 1 && operations[i].is_otadata) {
            result.chosen_at = operations[i].number;
        }
    }
    result.operations = (uint32_t)count;
    result.old = sweep->old.name;
    result.new = sweep->new.name;
    result.cuts = sweep->cuts;
    result.count = sweep->cut_count;
    return result;
}

/* Checks the words that the runs get, and sets the board as they say. */
static options_t parse(const sweep_words_t *words)
{
    const char **all = sweep_words_with(words, (const char *[]){"--flash", "of the sweep", NULL});
    int count = 0;
    while (all[count]) {
        count++;
    }
    options_t options = options_of(count, (char *const *)all);
    free(all);
    return options;
}

static int run(sweep_t *sweep)
{
    options_t options = parse(&sweep->words);
    esp_log_level_set("*", ESP_LOG_ERROR);
    board_in(sweep, "start", &sweep->start);
    make_start(sweep, &options);
    sweep_result_t result = rehearse(sweep);
    try_all(sweep);
    result.verdicts = sweep->verdicts;
    sweep_print(&result, &sweep->words);
    if (sweep->words.report) {
        sweep_report(&result, sweep->words.report);
    }
    fflush(stdout);
    return sweep_broken(&result) == 0 ? EXIT_ENDED : EXIT_BROKEN;
}

/* ---- The command: all of it in a child, so that its folder is removed however it ends ---- */

static volatile sig_atomic_t child;

static void interrupt(int number)
{
    (void)number;
    kill(child, SIGKILL);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

int sweep(int count, char *const given[])
{
    static sweep_t sweep;
    sweep.words = sweep_words(count, given);
    const char *place = getenv("TMPDIR");
    snprintf(sweep.folder, sizeof(sweep.folder), "%s/virtual-board-sweep-XXXXXX",
             place && *place ? place : "/tmp");
    if (!mkdtemp(sweep.folder)) {
        fail(EXIT_NO_SETUP, "%s cannot be made: %m", sweep.folder);
    }
    child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(run(&sweep));
    }
    signal(SIGINT, interrupt);
    signal(SIGTERM, interrupt);
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    nftw(sweep.folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (child < 0) {
        fail(EXIT_NO_SETUP, "the sweep cannot be run: %m");
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
