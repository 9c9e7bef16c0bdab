#define _GNU_SOURCE
#include "sweep_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

void sweep_board_in(const char *folder, sweep_board_t *board)
{
    snprintf(board->flash, sizeof(board->flash), "%s/flash", folder);
    snprintf(board->efuse, sizeof(board->efuse), "%s/efuse", folder);
    snprintf(board->report, sizeof(board->report), "%s/report", folder);
    snprintf(board->console, sizeof(board->console), "%s/console", folder);
    snprintf(board->trace, sizeof(board->trace), "%s/trace", folder);
}

static void copy(const char *from, const char *to)
{
    int source = open(from, O_RDONLY | O_CLOEXEC);
    int copied = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    struct stat status;
    bool is_copied = source >= 0 && copied >= 0 && fstat(source, &status) == 0 &&
                     ftruncate(copied, status.st_size) == 0;
    for (off_t at = 0; is_copied && at < status.st_size;) {
        ssize_t count = sendfile(copied, source, &at, (size_t)(status.st_size - at));
        is_copied = count > 0;
    }
    if (!is_copied || close(copied) != 0) {
        fail(EXIT_NO_SETUP, "%s cannot be copied to %s: %m", from, to);
    }
    close(source);
}

void sweep_board_copy(const sweep_board_t *from, const sweep_board_t *to)
{
    copy(from->flash, to->flash);
    if (access(from->efuse, F_OK) == 0) {
        copy(from->efuse, to->efuse);
    } else {
        unlink(to->efuse);
    }
}

static void redirect(int descriptor, const char *path, int flags)
{
    int file = open(path, flags, 0600);
    if (file < 0 || dup2(file, descriptor) < 0) {
        _exit(EXIT_NO_SETUP);
    }
    close(file);
}

static void execute(const sweep_board_t *board, const char *const words[])
{
    size_t count = 0;
    while (words[count]) {
        count++;
    }
    const char *const files[] = {"virtual-board", "--flash", board->flash, "--efuse",
                                 board->efuse,    "--report", board->report};
    const size_t before = sizeof(files) / sizeof(files[0]);
    char **all = calloc(before + count + 1, sizeof(*all));
    if (!all) {
        _exit(EXIT_NO_SETUP);
    }
    memcpy(all, files, sizeof(files));
    memcpy(all + before, words, count * sizeof(*all));
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
    redirect(STDOUT_FILENO, board->console, O_WRONLY | O_CREAT | O_TRUNC);
    redirect(STDERR_FILENO, board->trace, O_WRONLY | O_CREAT | O_TRUNC);
    /* Outlives every reset of the board, and ends it. */
    alarm(SWEEP_RUN_SECONDS);
    execv("/proc/self/exe", all);
    _exit(EXIT_NO_SETUP);
}

/* The value of a member of a report's line; false if it has none. */
static bool member(const char *line, const char *name, char *value, size_t size)
{
    char key[32];
    snprintf(key, sizeof(key), "\"%s\":", name);
    const char *at = strstr(line, key);
    if (!at) {
        return false;
    }
    at += strlen(key);
    at += *at == '"';
    size_t length = strcspn(at, "\",}\n");
    snprintf(value, size, "%.*s", (int)length, at);
    return true;
}

static bool is_event(const char *line, const char *event)
{
    char name[32];
    return member(line, "event", name, sizeof(name)) && strcmp(name, event) == 0;
}

static void read_report(const sweep_board_t *board, sweep_end_t *end)
{
    size_t size;
    char *text = read_file(board->report, &size);
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        char offset[16];
        if (is_event(line, "app") && member(line, "offset", offset, sizeof(offset))) {
            end->has_app = true;
            end->slot_offset = (uint32_t)strtoul(offset, NULL, 10);
            member(line, "slot", end->slot, sizeof(end->slot));
            member(line, "version", end->version, sizeof(end->version));
        }
    }
    free(text);
}

sweep_end_t sweep_run(const sweep_board_t *board, const char *const words[])
{
    sweep_end_t end = {0};
    unlink(board->report);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        execute(board, words);
    }
    int status = 0;
    pid_t ended;
    do {
        ended = waitpid(child, &status, 0);
    } while (ended < 0 && errno == EINTR);
    if (child < 0 || ended < 0) {
        fail(EXIT_NO_SETUP, "the board cannot be run: %m");
    }
    if (WIFEXITED(status)) {
        end.status = WEXITSTATUS(status);
    } else {
        end.status = WTERMSIG(status) == SIGALRM ? SWEEP_OVERDUE : 128 + WTERMSIG(status);
    }
    if (access(board->report, F_OK) == 0) {
        read_report(board, &end);
    }
    return end;
}

uint32_t sweep_operations_before(const sweep_board_t *board, unsigned boot)
{
    size_t size;
    char *text = read_file(board->report, &size);
    char *rest = text;
    uint32_t operations = UINT32_MAX;
    for (char *line; (line = strsep(&rest, "\n"));) {
        char number[16], count[16];
        if (is_event(line, "boot") && member(line, "boot", number, sizeof(number)) &&
            member(line, "operations", count, sizeof(count)) &&
            strtoul(number, NULL, 10) == boot) {
            operations = (uint32_t)strtoul(count, NULL, 10);
        }
    }
    free(text);
    return operations;
}
