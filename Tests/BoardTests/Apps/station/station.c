/* An update as apps in the wild do it: Wi-Fi by hand, then esp_https_ota in a task. */
#include <stdio.h>
#include <string.h>

#include "driver/gpio.h"
#include "esp_attr.h"
#include "esp_check.h"
#include "esp_event.h"
#include "esp_https_ota.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_ota_ops.h"
#include "esp_wifi.h"
#include "freertos/FreeRTOS.h"
#include "freertos/event_groups.h"
#include "freertos/task.h"
#include "lwip/err.h"
#include "lwip/sys.h"
#include "nvs_flash.h"

#define CONNECTED BIT0
#define FAILED BIT1
#define BUTTON GPIO_NUM_0

static const char *TAG = "station";
static EventGroupHandle_t events;

extern const char root_ca[] asm("_binary_root_ca_pem_start");

static void on_event(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    (void)argument;
    if (base == WIFI_EVENT && id == WIFI_EVENT_STA_START) {
        esp_wifi_connect();
    } else if (base == WIFI_EVENT && id == WIFI_EVENT_STA_DISCONNECTED) {
        ESP_LOGW(TAG, "gone: %d", ((wifi_event_sta_disconnected_t *)data)->reason);
        xEventGroupSetBits(events, FAILED);
    } else if (base == IP_EVENT && id == IP_EVENT_STA_GOT_IP) {
        ip_event_got_ip_t *got = data;
        ESP_LOGI(TAG, "got ip:" IPSTR, IP2STR(&got->ip_info.ip));
        xEventGroupSetBits(events, CONNECTED);
    }
}

static esp_err_t connect_to_wifi(void)
{
    events = xEventGroupCreate();
    ESP_RETURN_ON_ERROR(esp_netif_init(), TAG, "no netif");
    ESP_RETURN_ON_ERROR(esp_event_loop_create_default(), TAG, "no event loop");
    ESP_RETURN_ON_FALSE(esp_netif_create_default_wifi_sta(), ESP_FAIL, TAG, "no station");
    wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
    ESP_RETURN_ON_ERROR(esp_wifi_init(&init), TAG, "no Wi-Fi");
    esp_event_handler_instance_t any, got;
    esp_err_t err = esp_event_handler_instance_register(WIFI_EVENT, ESP_EVENT_ANY_ID, &on_event,
                                                        NULL, &any);
    ESP_RETURN_ON_ERROR(err, TAG, "no handler");
    err = esp_event_handler_instance_register(IP_EVENT, IP_EVENT_STA_GOT_IP, &on_event, NULL, &got);
    ESP_RETURN_ON_ERROR(err, TAG, "no handler");
    wifi_config_t config = {
        .sta = {.ssid = "home", .password = "secret", .threshold.authmode = WIFI_AUTH_WPA2_PSK},
    };
    ESP_RETURN_ON_ERROR(esp_wifi_set_mode(WIFI_MODE_STA), TAG, "no mode");
    ESP_RETURN_ON_ERROR(esp_wifi_set_config(WIFI_IF_STA, &config), TAG, "no configuration");
    ESP_RETURN_ON_ERROR(esp_wifi_start(), TAG, "no start");
    EventBits_t bits =
        xEventGroupWaitBits(events, CONNECTED | FAILED, pdFALSE, pdFALSE, portMAX_DELAY);
    wifi_ap_record_t access_point;
    ESP_RETURN_ON_ERROR(esp_wifi_sta_get_ap_info(&access_point), TAG, "no access point");
    ESP_LOGI(TAG, "connected to %s", access_point.ssid);
    return bits & CONNECTED ? ESP_OK : ESP_FAIL;
}

static void IRAM_ATTR on_button(void *argument) { (void)argument; }

static void update(void *url)
{
    esp_http_client_config_t http = {.url = url, .cert_pem = root_ca};
    esp_https_ota_config_t ota = {.http_config = &http};
    esp_https_ota_handle_t handle = NULL;
    esp_err_t err = esp_https_ota_begin(&ota, &handle);
    while (err == ESP_OK) {
        err = esp_https_ota_perform(handle);
        if (err != ESP_ERR_HTTPS_OTA_IN_PROGRESS) {
            break;
        }
        int total = esp_https_ota_get_image_size(handle);
        int received = esp_https_ota_get_image_len_read(handle);
        ESP_LOGI(TAG, "%d %%", MIN(100, received * 100 / MAX(1, total)));
        err = ESP_OK;
    }
    if (err == ESP_OK && esp_https_ota_finish(handle) == ESP_OK) {
        esp_restart();
    }
    ESP_LOGE(TAG, "no update: %s", esp_err_to_name(err));
    esp_wifi_stop();
    vTaskDelete(NULL);
}

void app_main(void)
{
    static char url[128];
    ESP_ERROR_CHECK(nvs_flash_init());
    gpio_config_t button = {
        .pin_bit_mask = BIT64(BUTTON), .mode = GPIO_MODE_INPUT, .intr_type = GPIO_INTR_NEGEDGE};
    ESP_ERROR_CHECK(gpio_config(&button));
    ESP_ERROR_CHECK(gpio_install_isr_service(0));
    ESP_ERROR_CHECK(gpio_isr_handler_add(BUTTON, on_button, NULL));
    ESP_ERROR_CHECK(connect_to_wifi());
    esp_ota_mark_app_valid_cancel_rollback();
    if (fgets(url, sizeof(url), stdin)) {
        url[strcspn(url, "\r\n")] = 0;
        xTaskCreate(update, "update", 8192, url, 5, NULL);
    }
}
