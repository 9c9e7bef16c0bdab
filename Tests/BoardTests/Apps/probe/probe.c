/* Does what the lines on its console say, and says what came of it. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/gpio.h"
#include "esp_chip_info.h"
#include "esp_event.h"
#include "esp_sleep.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs_flash.h"

static volatile int zero;

static void count_boots(void)
{
    nvs_handle_t handle;
    uint32_t boots = 0;
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(nvs_open("probe", NVS_READWRITE, &handle));
    nvs_get_u32(handle, "boots", &boots);
    ESP_ERROR_CHECK(nvs_set_u32(handle, "boots", boots + 1));
    ESP_ERROR_CHECK(nvs_commit(handle));
    nvs_close(handle);
    printf("boots %" PRIu32 "\n", boots + 1);
}

/* Replaces a value again and again, as often as more than fills the store. */
static void fill(void)
{
    nvs_handle_t handle;
    uint8_t block[1000];
    if (nvs_flash_init() != ESP_OK || nvs_open("fill", NVS_READWRITE, &handle) != ESP_OK) {
        return;
    }
    for (uint8_t number = 1; number <= 12; number++) {
        memset(block, number, sizeof(block));
        ESP_ERROR_CHECK(nvs_set_blob(handle, "block", block, sizeof(block)));
        printf("set %d\n", number);
    }
}

/* What fill has left, and whether the store takes more. */
static void show(void)
{
    nvs_handle_t handle;
    uint8_t block[1000] = {0};
    size_t length = sizeof(block);
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(nvs_open("fill", NVS_READWRITE, &handle));
    nvs_get_blob(handle, "block", block, &length);
    for (size_t i = 1; i < sizeof(block); i++) {
        assert(block[i] == block[0]);
    }
    ESP_ERROR_CHECK(nvs_set_u8(handle, "more", 1));
    printf("has %d\n", block[0]);
}

static void say_goodbye(void) { printf("goodbye\n"); }

static void wait_for_ever(void *unused)
{
    (void)unused;
    ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    printf("woken\n");
}

static void obey(const char *line)
{
    if (strcmp(line, "restart") == 0) {
        esp_register_shutdown_handler(say_goodbye);
        esp_restart();
    } else if (strcmp(line, "abort") == 0) {
        abort();
    } else if (strcmp(line, "null") == 0) {
        *(volatile int *)(uintptr_t)zero = 1;
    } else if (strcmp(line, "check") == 0) {
        ESP_ERROR_CHECK(ESP_ERR_NVS_NOT_FOUND);
    } else if (strcmp(line, "spin") == 0) {
        while (!zero) {
        }
    } else if (strcmp(line, "sleep") == 0) {
        esp_deep_sleep(10000);
    } else if (strcmp(line, "count") == 0) {
        count_boots();
    } else if (strcmp(line, "fill") == 0) {
        fill();
    } else if (strcmp(line, "show") == 0) {
        show();
    } else if (strcmp(line, "wait") == 0) {
        xTaskCreate(wait_for_ever, "waits", 2048, NULL, 1, NULL);
    } else if (strcmp(line, "end") == 0) {
        vTaskDelete(NULL);
    } else if (strcmp(line, "reason") == 0) {
        printf("reason %d\n", (int)esp_reset_reason());
    } else if (strcmp(line, "pins") == 0) {
        gpio_set_direction(GPIO_NUM_4, GPIO_MODE_INPUT);
        gpio_set_pull_mode(GPIO_NUM_4, GPIO_PULLUP_ONLY);
        printf("pin %d\n", gpio_get_level(GPIO_NUM_4));
    } else {
        printf("what is %s?\n", line);
    }
}

void app_main(void)
{
    char line[64];
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = 0;
        obey(line);
    }
}
