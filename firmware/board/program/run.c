/* Boots and resets: a reset executes the program again, and all it hands on is a variable of the
 * environment with the boot's number, the reason and the count of flash operations. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board/flash.h"
#include "board/system.h"
#include "program.h"

#define VARIABLE "VIRTUAL_BOARD_RUN"

static run_t run;
static unsigned max_boots;
static const char *flash_name;
static char *const *arguments;
static char variable[96];
static char **environment;
static atomic_flag is_over = ATOMIC_FLAG_INIT;

static const char *const reasons[] = {
    [BOARD_RESET_POWER_ON] = "power-on", [BOARD_RESET_SOFTWARE] = "software",
    [BOARD_RESET_PANIC] = "panic",       [BOARD_RESET_INT_WATCHDOG] = "interrupt-watchdog",
    [BOARD_RESET_TASK_WATCHDOG] = "task-watchdog", [BOARD_RESET_WATCHDOG] = "watchdog",
    [BOARD_RESET_DEEP_SLEEP] = "deep-sleep",
};

static const char *reason_name(board_reset_t reason)
{
    bool is_known = reason < sizeof(reasons) / sizeof(reasons[0]) && reasons[reason];
    return is_known ? reasons[reason] : "unknown";
}

/* A copy of the environment whose variable a reset can set without taking memory. */
static void copy_environment(void)
{
    size_t count = 0;
    while (environ[count]) {
        count++;
    }
    environment = calloc(count + 2, sizeof(*environment));
    if (!environment) {
        fail(EXIT_NO_SETUP, "no memory");
    }
    environment[0] = variable;
    size_t next = 1;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], VARIABLE "=", sizeof(VARIABLE)) != 0) {
            environment[next++] = environ[i];
        }
    }
}

run_t run_resume(char *const words[])
{
    arguments = words;
    run = (run_t){.boot = 1, .reason = BOARD_RESET_POWER_ON};
    const char *left = getenv(VARIABLE);
    unsigned boot, reason;
    flash_counts_t counts;
    /* The process's number says that it was this run that left it, not one above it. */
    int process;
    if (left &&
        sscanf(left, "%d:%u:%u:%" SCNu32 ":%" SCNu32 ":%" SCNu32, &process, &boot, &reason,
               &counts.operations, &counts.cut, &counts.failure) == 6 &&
        process == getpid()) {
        run = (run_t){.boot = boot, .reason = (board_reset_t)reason, .counts = counts};
    }
    copy_environment();
    return run;
}

/* Only the first of two tasks that end the run at once does. */
static void begin_end(void)
{
    while (atomic_flag_test_and_set(&is_over)) {
        pause();
    }
}

static void end(int status) __attribute__((noreturn));
static void end(int status)
{
    fflush(stdout);
    _exit(status);
}

/* Async-signal-safe, as a crash comes here. */
static void boot_again(board_reset_t reason) __attribute__((noreturn));
static void boot_again(board_reset_t reason)
{
    report("reset", ",\"reason\":\"%s\",\"operations\":%u", reason_name(reason),
           (unsigned)flash_operations());
    if (max_boots != 0 && run.boot >= max_boots) {
        static const char said[] = "virtual-board: it would boot again; --max-boots ends it here\n";
        report("max-boots", "%s", "");
        if (write(STDERR_FILENO, said, sizeof(said) - 1) < 0) {
            _exit(EXIT_NO_SETUP);
        }
        _exit(EXIT_MAX_BOOTS);
    }
    flash_counts_t counts = flash_counts();
    snprintf(variable, sizeof(variable), VARIABLE "=%d:%u:%u:%u:%u:%u", (int)getpid(), run.boot + 1,
             (unsigned)reason, (unsigned)counts.operations, (unsigned)counts.cut,
             (unsigned)counts.failure);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    close_range(3, ~0u, 0);
    execve("/proc/self/exe", arguments, environment);
    _exit(EXIT_NO_SETUP);
}

static void reset(board_reset_t reason)
{
    begin_end();
    fflush(stdout);
    boot_again(reason);
}

static void power_off(void)
{
    begin_end();
    report("power-cut", ",\"operations\":%u", (unsigned)flash_operations());
    end(EXIT_POWER_CUT);
}

static void idle(void)
{
    begin_end();
    report("idle", ",\"operations\":%u", (unsigned)flash_operations());
    end(EXIT_ENDED);
}

void run_without_app(void)
{
    begin_end();
    fflush(stdout);
    if (flash_operations() != run.counts.operations) {
        boot_again(BOARD_RESET_SOFTWARE);
    }
    report("no-app", ",\"operations\":%u", (unsigned)flash_operations());
    const char *why = table_objection();
    if (why) {
        fail(EXIT_NO_APP,
             "no app boots, and a chip would reset for ever: the partition table in %s at 0x8000 "
             "is not sound (%s); write one there that is, or " ANOTHER_FLASH, flash_name, why);
    }
    fail(EXIT_NO_APP,
         "no app boots, and a chip would reset for ever: the bootloader takes none of the apps in "
         "%s, as its log says; write an image into a slot that it takes, or " ANOTHER_FLASH,
         flash_name);
}

/* A panic's text in one write; the registers that a host has in common with a chip. */
static void say_panic(const char *cause, uint32_t pc)
{
    char text[512];
    int count = snprintf(text, sizeof(text),
                         "Guru Meditation Error: Core  0 panic'ed (%s). Exception was unhandled.\n\n"
                         "Core  0 register dump:\nPC      : 0x%08x\n\n"
                         "Backtrace: 0x%08x:0x00000000\n\n\nRebooting...\n",
                         cause, (unsigned)pc, (unsigned)pc);
    if (count > 0 && write(STDOUT_FILENO, text, (size_t)count) < 0) {
        _exit(EXIT_NO_SETUP);
    }
}

void run_panic(const char *cause, uint32_t pc)
{
    begin_end();
    fflush(stdout);
    say_panic(cause, pc);
    boot_again(BOARD_RESET_PANIC);
}

static void crash(int number, siginfo_t *info, void *context)
{
    (void)context;
    begin_end();
    if (number == SIGABRT) {
        static const char text[] = "\nabort() was called at PC 0x00000000 on core 0\n\n\n"
                                   "Backtrace: 0x00000000:0x00000000\n\n\nRebooting...\n";
        if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0) {
            _exit(EXIT_NO_SETUP);
        }
    } else {
        const char *cause = number == SIGFPE   ? "IntegerDivideByZero"
                            : number == SIGILL ? "IllegalInstruction"
                                               : "LoadProhibited";
        say_panic(cause, (uint32_t)(uintptr_t)info->si_addr);
    }
    boot_again(BOARD_RESET_PANIC);
}

void run_install(const run_t *resumed, const options_t *options)
{
    run = *resumed;
    max_boots = options->max_boots;
    flash_name = options->flash;
    board_on_reset(reset);
    board_on_power_off(power_off);
    system_on_idle(idle);
    system_set_reset_reason(run.reason);
    struct sigaction action = {.sa_sigaction = crash, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (sigaction(numbers[i], &action, NULL) != 0) {
            fail(EXIT_NO_SETUP, "signals cannot be handled: %m");
        }
    }
    report("boot", ",\"reset\":\"%s\",\"operations\":%u", reason_name(run.reason),
           (unsigned)run.counts.operations);
}
