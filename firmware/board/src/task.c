#define _GNU_SOURCE
/* The scheduler: tasks as threads, and what they wait on. Its lists are the process's own, as a chip
 * has one scheduler. */
#define _GNU_SOURCE
#include "freertos/task.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board/board.h"
#include "kernel.h"
#include "task_state.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change;
static pthread_once_t change_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t critical = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static struct task *tasks;
static int awake;        /* tasks that run, or wait no longer than a time */
static int asleep;       /* tasks that wait for a change without a limit */
static unsigned changes; /* how many there were */
static void (*idle_function)(void);
_Thread_local struct task *task_current;

static void make_change(void)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&change, &attributes);
    pthread_condattr_destroy(&attributes);
}

void kernel_lock(void)
{
    pthread_once(&change_once, make_change);
    pthread_mutex_lock(&lock);
}

void kernel_unlock(void) { pthread_mutex_unlock(&lock); }

void kernel_changed(void)
{
    /* Whoever sleeps has something to look at: it counts as awake before its thread has run. */
    awake += asleep;
    asleep = 0;
    changes += 1;
    pthread_cond_broadcast(&change);
}

void kernel_on_idle(void (*idle)(void)) { idle_function = idle; }

deadline_t kernel_deadline_us(uint64_t microseconds)
{
    deadline_t deadline = {.is_forever = false};
    clock_gettime(CLOCK_MONOTONIC, &deadline.at);
    deadline.at.tv_sec += (time_t)(microseconds / 1000000);
    deadline.at.tv_nsec += (long)(microseconds % 1000000) * 1000;
    if (deadline.at.tv_nsec >= 1000000000) {
        deadline.at.tv_sec += 1;
        deadline.at.tv_nsec -= 1000000000;
    }
    return deadline;
}

deadline_t kernel_deadline(TickType_t ticks)
{
    if (ticks == portMAX_DELAY) {
        return (deadline_t){.is_forever = true};
    }
    return kernel_deadline_us((uint64_t)ticks * portTICK_PERIOD_MS * 1000);
}

static void one_awake_less(void)
{
    awake -= 1;
    if (awake == 0 && idle_function) {
        idle_function();
    }
}

static void end_task(struct task *task) __attribute__((noreturn));
static void end_task(struct task *task)
{
    for (struct task **link = &tasks; *link; link = &(*link)->next) {
        if (*link == task) {
            *link = task->next;
            break;
        }
    }
    one_awake_less();
    kernel_unlock();
    task_current = NULL;
    free(task);
    pthread_exit(NULL);
}

/* Sleeps until something changes. */
static void sleep_until_change(void)
{
    unsigned before = changes;
    if (task_current) {
        asleep += 1;
        one_awake_less();
    }
    while (changes == before) {
        pthread_cond_wait(&change, &lock);
    }
}

bool kernel_wait(const deadline_t *deadline)
{
    struct task *task = task_current;
    bool is_in_time = true;
    if (!task || !task->is_deleted) {
        if (deadline->is_forever) {
            sleep_until_change();
        } else {
            is_in_time = pthread_cond_timedwait(&change, &lock, &deadline->at) != ETIMEDOUT;
        }
    }
    if (!task) {
        return is_in_time;
    }
    while (task->is_suspended && !task->is_deleted) {
        sleep_until_change();
    }
    if (task->is_deleted) {
        end_task(task);
    }
    return is_in_time;
}

void kernel_wait_at_end_of_input(void)
{
    const deadline_t never = {.is_forever = true};
    kernel_lock();
    for (;;) {
        kernel_wait(&never);
    }
}

/* How often a thread has given up its processor by itself; -1 if the system does not say. */
static long times_let_go(pid_t thread)
{
    char path[64], line[128];
    long count = -1;
    snprintf(path, sizeof(path), "/proc/self/task/%d/status", (int)thread);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof(line), status)) {
        if (sscanf(line, "voluntary_ctxt_switches: %ld", &count) == 1) {
            break;
        }
    }
    if (status) {
        fclose(status);
    }
    return count;
}

static int64_t nanoseconds(const struct timespec *time)
{
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

void kernel_each_task(void (*visit)(const char *name, kernel_use_t now, kernel_watched_t *last))
{
    for (struct task *task = tasks; task; task = task->next) {
        struct timespec used, at;
        if (task->has_clock && clock_gettime(task->clock, &used) == 0) {
            clock_gettime(CLOCK_MONOTONIC, &at);
            kernel_use_t now = {.used = nanoseconds(&used),
                                .let_go = times_let_go(task->number),
                                .at = nanoseconds(&at)};
            visit(task->name, now, &task->watched);
        }
    }
}

static void *run_task(void *argument)
{
    struct task *task = argument;
    task_current = task;
    kernel_lock();
    task->number = gettid();
    task->has_clock = pthread_getcpuclockid(pthread_self(), &task->clock) == 0;
    kernel_unlock();
    task->function(task->argument);
    vTaskDelete(NULL);
    return NULL;
}

/* A detached thread with no signals but those of a crash, so that the program's own stay with it. */
static bool start_thread(pthread_t *thread, void *(*function)(void *), void *argument)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 1u << 20);
    int failure = pthread_create(thread, &attributes, function, argument);
    pthread_attr_destroy(&attributes);
    return failure == 0;
}

struct start {
    void (*function)(void *);
    void *argument;
};

static void *run_thread(void *argument)
{
    struct start start = *(struct start *)argument;
    free(argument);
    start.function(start.argument);
    return NULL;
}

void kernel_start_thread(void (*function)(void *), void *argument)
{
    struct start *start = malloc(sizeof(*start));
    if (!start) {
        abort();
    }
    *start = (struct start){function, argument};
    pthread_t thread;
    if (!start_thread(&thread, run_thread, start)) {
        abort();
    }
}

BaseType_t xTaskCreate(TaskFunction_t function, const char *name, uint32_t stack_size,
                       void *argument, UBaseType_t priority, TaskHandle_t *task)
{
    (void)stack_size;
    struct task *made = calloc(1, sizeof(*made));
    if (!made) {
        return pdFAIL;
    }
    strncpy(made->name, name ? name : "", sizeof(made->name) - 1);
    made->function = function;
    made->argument = argument;
    made->priority = priority;
    kernel_lock();
    if (!start_thread(&made->thread, run_task, made)) {
        kernel_unlock();
        free(made);
        return pdFAIL;
    }
    made->next = tasks;
    tasks = made;
    awake += 1;
    if (task) {
        *task = made;
    }
    kernel_unlock();
    return pdPASS;
}

BaseType_t xTaskCreatePinnedToCore(TaskFunction_t function, const char *name, uint32_t stack_size,
                                   void *argument, UBaseType_t priority, TaskHandle_t *task,
                                   BaseType_t core)
{
    (void)core;
    return xTaskCreate(function, name, stack_size, argument, priority, task);
}

void vTaskDelete(TaskHandle_t task)
{
    kernel_lock();
    if (!task || task == task_current) {
        if (task_current) {
            end_task(task_current);
        }
    } else {
        task->is_deleted = true;
        kernel_changed();
    }
    kernel_unlock();
}

void vTaskDelay(TickType_t ticks)
{
    deadline_t deadline = kernel_deadline(ticks);
    kernel_lock();
    while (kernel_wait(&deadline)) {
    }
    kernel_unlock();
}

BaseType_t xTaskDelayUntil(TickType_t *last_wake, TickType_t ticks)
{
    *last_wake += ticks;
    int32_t left = (int32_t)(*last_wake - xTaskGetTickCount());
    if (left > 0) {
        vTaskDelay((TickType_t)left);
    }
    return left > 0;
}

void vTaskSuspend(TaskHandle_t task)
{
    kernel_lock();
    if (!task) {
        task = task_current;
    }
    if (task) {
        task->is_suspended = true;
    }
    if (task == task_current) {
        deadline_t now = kernel_deadline(0);
        kernel_wait(&now);
    }
    kernel_unlock();
}

void vTaskResume(TaskHandle_t task)
{
    kernel_lock();
    if (task) {
        task->is_suspended = false;
        kernel_changed();
    }
    kernel_unlock();
}

void taskYIELD(void)
{
    deadline_t now = kernel_deadline(0);
    kernel_lock();
    kernel_wait(&now);
    kernel_unlock();
    sched_yield();
}

TaskHandle_t xTaskGetCurrentTaskHandle(void) { return task_current; }

char *pcTaskGetName(TaskHandle_t task)
{
    if (!task) {
        task = task_current;
    }
    return task ? task->name : "main";
}

UBaseType_t uxTaskPriorityGet(TaskHandle_t task)
{
    if (!task) {
        task = task_current;
    }
    return task ? task->priority : tskIDLE_PRIORITY;
}

void vTaskPrioritySet(TaskHandle_t task, UBaseType_t priority)
{
    if (!task) {
        task = task_current;
    }
    if (task) {
        task->priority = priority;
    }
}

UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task)
{
    (void)task;
    return 4096;
}

TickType_t xTaskGetTickCount(void) { return board_uptime_ms() / portTICK_PERIOD_MS; }

void vPortEnterCritical(portMUX_TYPE *mux)
{
    (void)mux;
    pthread_mutex_lock(&critical);
}

void vPortExitCritical(portMUX_TYPE *mux)
{
    (void)mux;
    pthread_mutex_unlock(&critical);
}
