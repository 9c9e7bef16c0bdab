#include "app_self_test.h"

#include <stdbool.h>
#include <stdlib.h>

#include "app_directive.h"
#include "app_report.h"
#include "driver/gpio.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sdkconfig.h"

static const char *const tag = "self-test";

#if CONFIG_APP_SELF_TEST_GPIO >= 0
/* As in ESP-IDF's native OTA example: a pin that is held low fails the test. */
static bool pin_is_held(void)
{
    gpio_config_t pin = {
        .pin_bit_mask = 1ULL << CONFIG_APP_SELF_TEST_GPIO,
        .mode = GPIO_MODE_INPUT,
        .pull_up_en = GPIO_PULLUP_ENABLE,
        .pull_down_en = GPIO_PULLDOWN_DISABLE,
        .intr_type = GPIO_INTR_DISABLE,
    };
    gpio_config(&pin);
    vTaskDelay(pdMS_TO_TICKS(50));
    bool is_held = gpio_get_level(CONFIG_APP_SELF_TEST_GPIO) == 0;
    gpio_reset_pin(CONFIG_APP_SELF_TEST_GPIO);
    return is_held;
}
#else
static bool pin_is_held(void) { return false; }
#endif

/* ESP_OTA_IMG_PENDING_VERIFY is not all: esp_ota_get_state_partition() tells of the first entry for the
 * slot, which after two updates of one slot may be that of the other one, and ABORTED. Who waits for
 * PENDING_VERIFY alone never confirms such an app, and loses it at the next reset. */
static bool is_unconfirmed(void)
{
    esp_ota_img_states_t state;
    const esp_partition_t *running = esp_ota_get_running_partition();
    return running != NULL && esp_ota_get_state_partition(running, &state) == ESP_OK &&
           (state == ESP_OTA_IMG_PENDING_VERIFY || state == ESP_OTA_IMG_ABORTED ||
            state == ESP_OTA_IMG_INVALID);
}

static void confirm(void)
{
    esp_err_t error = esp_ota_mark_app_valid_cancel_rollback();
    if (error != ESP_OK) {
        ESP_LOGE(tag, "Failed to cancel rollback: %s", esp_err_to_name(error));
        report_self_test("fail");
        return;
    }
    ESP_LOGI(tag, "Diagnostics completed successfully! Continuing execution ...");
    report_self_test("pass");
}

static void roll_back(void)
{
    ESP_LOGE(tag, "Diagnostics failed! Start rollback to the previous version ...");
    report_self_test("fail");
    esp_err_t error = esp_ota_mark_app_invalid_rollback_and_reboot();
    /* There is nothing to go back to. */
    ESP_LOGE(tag, "no rollback: %s", esp_err_to_name(error));
}

static void hang(void)
{
    ESP_LOGW(tag, "hanging, as the directive says");
    for (volatile bool is_hanging = true; is_hanging;) {
    }
}

void self_test_run(void)
{
    if (!is_unconfirmed()) {
        return;
    }
    directive_t directive = directive_of_running_app();
    ESP_LOGI(tag, "Diagnostics (directive %s, after %u ms) ...",
             directive_behaviour_name(directive.behaviour), (unsigned)directive.delay_ms);
    if (directive.phase == DIRECTIVE_IN_SELF_TEST && directive.delay_ms > 0) {
        vTaskDelay(pdMS_TO_TICKS(directive.delay_ms));
    }
    switch (directive.behaviour) {
    case DIRECTIVE_FAIL_SELF_TEST: return roll_back();
    case DIRECTIVE_CRASH: abort();
    case DIRECTIVE_HANG: return hang();
    case DIRECTIVE_NO_CONFIRM: return report_self_test("no-confirm");
    default: return pin_is_held() ? roll_back() : confirm();
    }
}
