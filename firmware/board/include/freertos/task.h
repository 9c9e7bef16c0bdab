/* Tasks: each is a thread, and all of them run at once, as on a chip with processors enough. */
#pragma once

#include "freertos/FreeRTOS.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct task *TaskHandle_t;
typedef void (*TaskFunction_t)(void *);

#define tskIDLE_PRIORITY ((UBaseType_t)0)

/* The stack's size is not used: a thread has room for any. pdFAIL if no thread can be started. */
BaseType_t xTaskCreate(TaskFunction_t function, const char *name, uint32_t stack_size,
                       void *argument, UBaseType_t priority, TaskHandle_t *task);
BaseType_t xTaskCreatePinnedToCore(TaskFunction_t function, const char *name, uint32_t stack_size,
                                   void *argument, UBaseType_t priority, TaskHandle_t *task,
                                   BaseType_t core);

/* NULL ends the task that calls. Another one ends at its next call of the scheduler. */
void vTaskDelete(TaskHandle_t task);
void vTaskDelay(TickType_t ticks);
BaseType_t xTaskDelayUntil(TickType_t *last_wake, TickType_t ticks);
#define vTaskDelayUntil(last_wake, ticks) ((void)xTaskDelayUntil(last_wake, ticks))
/* NULL suspends the task that calls. Another one stops at its next call of the scheduler. */
void vTaskSuspend(TaskHandle_t task);
void vTaskResume(TaskHandle_t task);
void taskYIELD(void);

TaskHandle_t xTaskGetCurrentTaskHandle(void);
char *pcTaskGetName(TaskHandle_t task);
UBaseType_t uxTaskPriorityGet(TaskHandle_t task);
void vTaskPrioritySet(TaskHandle_t task, UBaseType_t priority);
/* In bytes. The board does not measure stacks: always the half of 8 KiB. */
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task);
/* Ticks since the boot. */
TickType_t xTaskGetTickCount(void);

typedef enum { eNoAction, eSetBits, eIncrement, eSetValueWithOverwrite, eSetValueWithoutOverwrite } eNotifyAction;

BaseType_t xTaskNotify(TaskHandle_t task, uint32_t value, eNotifyAction action);
BaseType_t xTaskNotifyGive(TaskHandle_t task);
BaseType_t xTaskNotifyWait(uint32_t clear_on_entry, uint32_t clear_on_exit, uint32_t *value,
                           TickType_t ticks);
uint32_t ulTaskNotifyTake(BaseType_t clear_on_exit, TickType_t ticks);

#ifdef __cplusplus
}
#endif
