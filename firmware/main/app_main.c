/* The on-device app: says what it is, tests itself on its first boot, connects, and updates on command. */
#include "app_console.h"
#include "app_report.h"
#include "app_self_test.h"
#include "esp_err.h"
#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "guarded_ota.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"
#include "sdkconfig.h"

static const char *const tag = "app";

static void begin_nvs(void)
{
    esp_err_t error = nvs_flash_init();
    if (error == ESP_ERR_NVS_NO_FREE_PAGES || error == ESP_ERR_NVS_NEW_VERSION_FOUND) {
        ESP_ERROR_CHECK(nvs_flash_erase());
        error = nvs_flash_init();
    }
    ESP_ERROR_CHECK(error);
}

static void say_what_became_of_the_update(void)
{
    switch (guarded_ota_prove()) {
    case GUARDED_OTA_NEW_RUNS:
        ESP_LOGI(tag, "the new app runs, byte for byte");
        report_proof("new-runs");
        break;
    case GUARDED_OTA_ROLLED_BACK:
        ESP_LOGW(tag, "the last update does not run");
        report_proof("old-runs");
        break;
    default: break;
    }
}

void app_main(void)
{
    report_boot();
    begin_nvs();
    self_test_run();
    say_what_became_of_the_update();
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect());
    ESP_ERROR_CHECK(example_configure_stdin_stdout());
    if (CONFIG_APP_OTA_URL[0] != 0) {
        console_update(CONFIG_APP_OTA_URL);
    }
    console_run();
}
