/* An update over HTTPS in one call or step by step (ESP-IDF Programming Guide, "ESP HTTPS OTA"), as that of
 * ESP-IDF v5.3.2 behaves. CONFIG_ESP_HTTPS_OTA_DECRYPT_CB is off, as it is by default. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "bootloader_common.h"
#include "esp_app_desc.h"
#include "esp_app_format.h"
#include "esp_err.h"
#include "esp_event.h"
#include "esp_http_client.h"
#include "esp_partition.h"
#include "sdkconfig.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_ERR_HTTPS_OTA_BASE 0x9000
#define ESP_ERR_HTTPS_OTA_IN_PROGRESS (ESP_ERR_HTTPS_OTA_BASE + 1)

ESP_EVENT_DECLARE_BASE(ESP_HTTPS_OTA_EVENT);

typedef enum {
    ESP_HTTPS_OTA_START,
    ESP_HTTPS_OTA_CONNECTED,
    ESP_HTTPS_OTA_GET_IMG_DESC,
    ESP_HTTPS_OTA_VERIFY_CHIP_ID, /* data: esp_chip_id_t */
    ESP_HTTPS_OTA_DECRYPT_CB,
    ESP_HTTPS_OTA_WRITE_FLASH,           /* data: int, bytes written so far */
    ESP_HTTPS_OTA_UPDATE_BOOT_PARTITION, /* data: esp_partition_subtype_t */
    ESP_HTTPS_OTA_FINISH,
    ESP_HTTPS_OTA_ABORT,
} esp_https_ota_event_t;

typedef void *esp_https_ota_handle_t;
typedef esp_err_t (*http_client_init_cb_t)(esp_http_client_handle_t client);

typedef struct {
    const esp_http_client_config_t *http_config;
    http_client_init_cb_t http_client_init_cb; /* after the client's init, to add headers; or NULL */
    bool bulk_flash_erase;      /* the slot in one go, as long as the Content-Length says */
    bool partial_http_download; /* in ranges, after a HEAD */
    int max_http_request_size;  /* bytes of a range; 0: 65536 */
    uint32_t buffer_caps;
} esp_https_ota_config_t;

/* The whole update: begin, perform until it is done, finish. The caller restarts. */
esp_err_t esp_https_ota(const esp_https_ota_config_t *ota_config);

/* Connects, follows redirects, reads the response's head. *handle is NULL if it fails. */
esp_err_t esp_https_ota_begin(const esp_https_ota_config_t *ota_config,
                              esp_https_ota_handle_t *handle);
/* One read and one write. ESP_ERR_HTTPS_OTA_IN_PROGRESS: call it again. */
esp_err_t esp_https_ota_perform(esp_https_ota_handle_t https_ota_handle);
bool esp_https_ota_is_complete_data_received(esp_https_ota_handle_t https_ota_handle);
/* Verifies what was written, and makes it the app to boot. The handle is gone in every case. */
esp_err_t esp_https_ota_finish(esp_https_ota_handle_t https_ota_handle);
esp_err_t esp_https_ota_abort(esp_https_ota_handle_t https_ota_handle);

/* The new app's descriptor: reads the first 1024 bytes; between begin and the first perform. */
esp_err_t esp_https_ota_get_img_desc(esp_https_ota_handle_t https_ota_handle,
                                     esp_app_desc_t *new_app_info);
/* Bytes so far; -1: no handle. */
int esp_https_ota_get_image_len_read(esp_https_ota_handle_t https_ota_handle);
/* Of the last response; -1: no handle. */
int esp_https_ota_get_status_code(esp_https_ota_handle_t https_ota_handle);
/* By the server's word; -1: no handle, or it gave none. */
int esp_https_ota_get_image_size(esp_https_ota_handle_t https_ota_handle);

#ifdef __cplusplus
}
#endif
