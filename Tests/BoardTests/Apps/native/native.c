/* An update by esp_ota_begin, _write and _end over esp_http_client, in the way of ESP-IDF's native
 * example. The URL is a line on the console. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "driver/gpio.h"
#include "esp_app_format.h"
#include "esp_event.h"
#include "esp_flash_partitions.h"
#include "esp_http_client.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/event_groups.h"
#include "freertos/task.h"
#include "nvs.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"

#define BUFFER_SIZE 1024
#define HEAD_SIZE                                                                                  \
    (sizeof(esp_image_header_t) + sizeof(esp_image_segment_header_t) + sizeof(esp_app_desc_t))

#define CONNECTED BIT0

static const char *TAG = "native_ota_example";
static EventGroupHandle_t network;
static char buffer[BUFFER_SIZE + 1];
extern const uint8_t server_cert_pem_start[] asm("_binary_ca_cert_pem_start");
extern const uint8_t server_cert_pem_end[] asm("_binary_ca_cert_pem_end");

static void __attribute__((noreturn)) wait_for_ever(void)
{
    ESP_LOGI(TAG, "When a new firmware is available on the server, press the reset button to download it");
    for (;;) {
        vTaskDelay(2000 / portTICK_PERIOD_MS);
    }
}

static void __attribute__((noreturn)) end_task(esp_http_client_handle_t client)
{
    esp_http_client_close(client);
    esp_http_client_cleanup(client);
    ESP_LOGE(TAG, "Exiting task due to fatal error...");
    vTaskDelete(NULL);
    wait_for_ever();
}

static void print_sha256(const esp_partition_t *partition, const char *label)
{
    uint8_t digest[32];
    char text[65];
    if (esp_partition_get_sha256(partition, digest) != ESP_OK) {
        return;
    }
    for (int i = 0; i < 32; i++) {
        sprintf(&text[i * 2], "%02x", digest[i]);
    }
    ESP_LOGI(TAG, "%s %s", label, text);
}

static void print_partitions(void)
{
    esp_partition_iterator_t at =
        esp_partition_find(ESP_PARTITION_TYPE_ANY, ESP_PARTITION_SUBTYPE_ANY, NULL);
    for (; at != NULL; at = esp_partition_next(at)) {
        const esp_partition_t *partition = esp_partition_get(at);
        ESP_LOGV(TAG, "%s at 0x%" PRIx32, partition->label, partition->address);
    }
    esp_partition_iterator_release(at);
    if (!esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA, NULL)) {
        ESP_LOGW(TAG, "there is no otadata: no slot can be chosen");
    }
}

static bool is_wanted(const esp_app_desc_t *offered)
{
    esp_app_desc_t running, invalid;
    ESP_LOGI(TAG, "New firmware version: %.32s", offered->version);
    if (esp_ota_get_partition_description(esp_ota_get_running_partition(), &running) == ESP_OK) {
        ESP_LOGI(TAG, "Running firmware version: %.32s", running.version);
    }
    const esp_partition_t *given_up = esp_ota_get_last_invalid_partition();
    if (given_up && esp_ota_get_partition_description(given_up, &invalid) == ESP_OK) {
        ESP_LOGI(TAG, "Last invalid firmware version: %.32s", invalid.version);
        if (memcmp(invalid.version, offered->version, sizeof(offered->version)) == 0) {
            ESP_LOGW(TAG, "New version is the same as invalid version.");
            return false;
        }
    }
#ifndef CONFIG_EXAMPLE_SKIP_VERSION_CHECK
    if (memcmp(offered->version, running.version, sizeof(offered->version)) == 0) {
        ESP_LOGW(TAG, "Current running version is the same as a new. We will not continue the update.");
        return false;
    }
#endif
    return true;
}

static int download(esp_http_client_handle_t client, const esp_partition_t *slot,
                    esp_ota_handle_t *update)
{
    int length = 0;
    for (;;) {
        int count = esp_http_client_read(client, buffer, BUFFER_SIZE);
        if (count == -ESP_ERR_HTTP_EAGAIN) {
            ESP_LOGW(TAG, "Nothing came in time");
        }
        if (count < 0) {
            ESP_LOGE(TAG, "Error: SSL data read error");
            end_task(client);
        } else if (count > 0) {
            if (length == 0) {
                esp_app_desc_t offered;
                if ((size_t)count <= HEAD_SIZE) {
                    ESP_LOGE(TAG, "received package is not fit len");
                    end_task(client);
                }
                memcpy(&offered, &buffer[HEAD_SIZE - sizeof(offered)], sizeof(offered));
                if (!is_wanted(&offered)) {
                    esp_http_client_close(client);
                    esp_http_client_cleanup(client);
                    wait_for_ever();
                }
                /* A body without a length may be a long one: then the whole slot is erased first. */
                bool is_unknown = esp_http_client_is_chunked_response(client);
                esp_err_t err = esp_ota_begin(
                    slot, is_unknown ? OTA_SIZE_UNKNOWN : OTA_WITH_SEQUENTIAL_WRITES, update);
                if (err == ESP_ERR_OTA_ROLLBACK_INVALID_STATE) {
                    ESP_LOGE(TAG, "this app is not confirmed yet");
                }
                if (err != ESP_OK) {
                    ESP_LOGE(TAG, "esp_ota_begin failed (%s)", esp_err_to_name(err));
                    esp_ota_abort(*update);
                    end_task(client);
                }
                ESP_LOGI(TAG, "esp_ota_begin succeeded");
            }
            if (esp_ota_write(*update, (const void *)buffer, (size_t)count) != ESP_OK) {
                esp_ota_abort(*update);
                end_task(client);
            }
            length += count;
            ESP_LOGD(TAG, "Written image length %d", length);
        } else if (errno == ECONNRESET || errno == ENOTCONN) {
            ESP_LOGE(TAG, "Connection closed, errno = %d", errno);
            break;
        } else if (esp_http_client_is_complete_data_received(client)) {
            ESP_LOGI(TAG, "Connection closed");
            break;
        }
    }
    return length;
}

static void update_task(void *unused)
{
    (void)unused;
    esp_ota_handle_t update = 0;
    const esp_partition_t *configured = esp_ota_get_boot_partition();
    const esp_partition_t *running = esp_ota_get_running_partition();
    ESP_LOGI(TAG, "Starting OTA example task");
    if (configured != running) {
        ESP_LOGW(TAG, "Configured OTA boot partition at offset 0x%08" PRIx32
                      ", but running from offset 0x%08" PRIx32, configured->address, running->address);
    }
    ESP_LOGI(TAG, "Running partition type %d subtype %d (offset 0x%08" PRIx32 ")", running->type,
             running->subtype, running->address);
    char url[256] = CONFIG_EXAMPLE_FIRMWARE_UPGRADE_URL;
    if (strcmp(url, "FROM_STDIN") == 0) {
        example_configure_stdin_stdout();
        if (fgets(url, sizeof(url), stdin)) {
            url[strcspn(url, "\r\n")] = 0;
        }
    }
    esp_http_client_config_t config = {
        .url = url,
        .cert_pem = (const char *)server_cert_pem_start,
        .timeout_ms = CONFIG_EXAMPLE_OTA_RECV_TIMEOUT,
        .keep_alive_enable = true,
        .method = HTTP_METHOD_GET,
        .buffer_size = BUFFER_SIZE,
        .buffer_size_tx = BUFFER_SIZE,
    };
    esp_http_client_handle_t client = esp_http_client_init(&config);
    if (client == NULL) {
        ESP_LOGE(TAG, "Failed to initialise HTTP connection");
        vTaskDelete(NULL);
    }
    esp_err_t err = esp_http_client_open(client, 0);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "Failed to open HTTP connection: %s", esp_err_to_name(err));
        esp_http_client_cleanup(client);
        vTaskDelete(NULL);
    }
    esp_http_client_fetch_headers(client);
    const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);
    assert(slot != NULL);
    ESP_LOGI(TAG, "Writing to partition subtype %d at offset 0x%" PRIx32, slot->subtype, slot->address);
    int length = download(client, slot, &update);
    ESP_LOGI(TAG, "Total Write binary data length: %d", length);
    if (!esp_http_client_is_complete_data_received(client)) {
        ESP_LOGE(TAG, "Error in receiving complete file");
        esp_ota_abort(update);
        end_task(client);
    }
    err = esp_ota_end(update);
    if (err != ESP_OK) {
        if (err == ESP_ERR_OTA_VALIDATE_FAILED) {
            ESP_LOGE(TAG, "Image validation failed, image is corrupted");
        } else {
            ESP_LOGE(TAG, "esp_ota_end failed (%s)!", esp_err_to_name(err));
        }
        end_task(client);
    }
    err = esp_ota_set_boot_partition(slot);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "esp_ota_set_boot_partition failed (%s)!", esp_err_to_name(err));
        end_task(client);
    }
    ESP_LOGI(TAG, "Prepare to restart system!");
    esp_http_client_cleanup(client);
    esp_restart();
}

static void on_address(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    (void)base, (void)id, (void)data;
    xEventGroupSetBits((EventGroupHandle_t)argument, CONNECTED);
}

static void connect_network(void)
{
    network = xEventGroupCreate();
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(esp_event_handler_register(IP_EVENT, ESP_EVENT_ANY_ID, &on_address, network));
    ESP_ERROR_CHECK(example_connect());
    EventBits_t bits =
        xEventGroupWaitBits(network, CONNECTED, pdFALSE, pdTRUE, pdMS_TO_TICKS(10000));
    if (!(bits & CONNECTED)) {
        ESP_LOGE(TAG, "no address");
    }
}

static bool self_test(void)
{
    gpio_config_t config = {
        .pin_bit_mask = 1ULL << CONFIG_EXAMPLE_GPIO_DIAGNOSTIC,
        .mode = GPIO_MODE_INPUT,
        .pull_down_en = GPIO_PULLDOWN_DISABLE,
        .pull_up_en = GPIO_PULLUP_ENABLE,
        .intr_type = GPIO_INTR_DISABLE,
    };
    gpio_config(&config);
    ESP_LOGI(TAG, "Diagnostics (5 sec)...");
    vTaskDelay(50 / portTICK_PERIOD_MS);
    bool is_good = gpio_get_level(CONFIG_EXAMPLE_GPIO_DIAGNOSTIC);
    gpio_reset_pin(CONFIG_EXAMPLE_GPIO_DIAGNOSTIC);
    return is_good;
}

void app_main(void)
{
    const esp_partition_t table = {
        .address = ESP_PARTITION_TABLE_OFFSET,
        .size = ESP_PARTITION_TABLE_MAX_LEN,
        .type = ESP_PARTITION_TYPE_DATA,
    };
    const esp_partition_t bootloader = {
        .address = ESP_BOOTLOADER_OFFSET,
        .size = ESP_PARTITION_TABLE_OFFSET - ESP_BOOTLOADER_OFFSET,
        .type = ESP_PARTITION_TYPE_APP,
    };
    ESP_LOGI(TAG, "OTA example app_main start");
    print_partitions();
    print_sha256(&table, "SHA-256 for the partition table: ");
    print_sha256(&bootloader, "SHA-256 for bootloader: ");
    print_sha256(esp_ota_get_running_partition(), "SHA-256 for current firmware: ");
    esp_ota_img_states_t state;
    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
        state == ESP_OTA_IMG_PENDING_VERIFY) {
        if (self_test()) {
            ESP_LOGI(TAG, "Diagnostics completed successfully! Continuing execution ...");
            esp_ota_mark_app_valid_cancel_rollback();
        } else {
            ESP_LOGE(TAG, "Diagnostics failed! Start rollback to the previous version ...");
            esp_ota_mark_app_invalid_rollback_and_reboot();
        }
    }
    esp_err_t err = nvs_flash_init();
    if (err == ESP_ERR_NVS_NO_FREE_PAGES || err == ESP_ERR_NVS_NEW_VERSION_FOUND) {
        ESP_ERROR_CHECK(nvs_flash_erase());
        err = nvs_flash_init();
    }
    ESP_ERROR_CHECK(err);
    connect_network();
    xTaskCreate(&update_task, "ota_example_task", 8192, NULL, 5, NULL);
}
