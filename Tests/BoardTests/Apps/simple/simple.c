/* An update in one call of esp_https_ota, in the way of ESP-IDF's simple example. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "esp_crt_bundle.h"
#include "esp_event.h"
#include "esp_http_client.h"
#include "esp_https_ota.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "esp_wifi.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"

static const char *TAG = "simple_ota_example";
extern const uint8_t server_cert_pem_start[] asm("_binary_ca_cert_pem_start");
extern const uint8_t server_cert_pem_end[] asm("_binary_ca_cert_pem_end");

/* A line that goes on with each part that comes. */
static void show_progress(int *received, int count)
{
    if (*received == 0) {
        esp_log_write(ESP_LOG_DEBUG, TAG, "D (%" PRIu32 ") %s: receiving", esp_log_timestamp(),
                      TAG);
    }
    *received += count;
    esp_log_write(ESP_LOG_DEBUG, TAG, " %d", *received);
}

static esp_err_t on_http_event(esp_http_client_event_t *event)
{
    switch (event->event_id) {
    case HTTP_EVENT_ERROR: ESP_LOGD(TAG, "HTTP_EVENT_ERROR"); break;
    case HTTP_EVENT_ON_CONNECTED: ESP_LOGD(TAG, "HTTP_EVENT_ON_CONNECTED"); break;
    case HTTP_EVENT_HEADER_SENT: ESP_LOGD(TAG, "HTTP_EVENT_HEADER_SENT"); break;
    case HTTP_EVENT_ON_HEADER:
        ESP_LOGD(TAG, "HTTP_EVENT_ON_HEADER, key=%s, value=%s", event->header_key, event->header_value);
        break;
    case HTTP_EVENT_ON_DATA: show_progress(event->user_data, event->data_len); break;
    case HTTP_EVENT_ON_FINISH: ESP_LOGD(TAG, "HTTP_EVENT_ON_FINISH"); break;
    case HTTP_EVENT_DISCONNECTED: ESP_LOGD(TAG, "HTTP_EVENT_DISCONNECTED"); break;
    case HTTP_EVENT_REDIRECT: ESP_LOGD(TAG, "HTTP_EVENT_REDIRECT"); break;
    }
    return ESP_OK;
}

/* The network interface that the update is to come over. */
static struct ifreq interface_name(void)
{
    struct ifreq request = {0};
    esp_netif_t *netif = get_example_netif_from_desc(EXAMPLE_NETIF_DESC_ETH);
    assert(netif != NULL);
    ESP_ERROR_CHECK(esp_netif_get_netif_impl_name(netif, request.ifr_name));
    ESP_LOGI(TAG, "Bind interface name is %s", request.ifr_name);
    return request;
}

static void update_task(void *unused)
{
    (void)unused;
    ESP_LOGI(TAG, "Starting OTA example task");
    int received = 0;
    struct ifreq interface = interface_name();
    char url[256] = CONFIG_EXAMPLE_FIRMWARE_UPGRADE_URL;
    esp_http_client_config_t config = {
        .url = url,
#ifdef CONFIG_EXAMPLE_USE_CERT_BUNDLE
        .crt_bundle_attach = esp_crt_bundle_attach,
#else
        .cert_pem = (const char *)server_cert_pem_start,
        .cert_len = 0,
#endif
        .event_handler = on_http_event,
        .user_data = &received,
        .keep_alive_enable = true,
        .if_name = &interface,
#ifdef CONFIG_EXAMPLE_SKIP_COMMON_NAME_CHECK
        .skip_cert_common_name_check = true,
#endif
    };
    if (strcmp(config.url, "FROM_STDIN") == 0) {
        example_configure_stdin_stdout();
        if (fgets(url, sizeof(url), stdin)) {
            url[strcspn(url, "\r\n")] = 0;
        }
    }
    esp_https_ota_config_t ota = {
        .http_config = &config,
        .bulk_flash_erase = false,
        .buffer_caps = MALLOC_CAP_DEFAULT,
    };
    ESP_LOGI(TAG, "Attempting to download update from %s", config.url);
    if (esp_https_ota(&ota) == ESP_OK) {
        ESP_LOGI(TAG, "OTA Succeed, Rebooting...");
        esp_restart();
    }
    ESP_LOGE(TAG, "Firmware upgrade failed");
    vTaskDelete(NULL);
}

void app_main(void)
{
    ESP_LOGI(TAG, "OTA example app_main start");
    esp_err_t err = nvs_flash_init();
    if (err == ESP_ERR_NVS_NO_FREE_PAGES || err == ESP_ERR_NVS_NEW_VERSION_FOUND) {
        ESP_ERROR_CHECK(nvs_flash_erase());
        err = nvs_flash_init();
    }
    ESP_ERROR_CHECK(err);
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect());
    wifi_ps_type_t saving;
    ESP_ERROR_CHECK(esp_wifi_get_ps(&saving));
    ESP_ERROR_CHECK(esp_wifi_set_ps(WIFI_PS_NONE));
    esp_ota_mark_app_valid_cancel_rollback();
    xTaskCreate(&update_task, "ota_example_task", 8192, NULL, 5, NULL);
}
