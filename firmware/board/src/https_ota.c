/* The steps of an update. There is no time limit to any of them, nor to the whole; what is reported as
 * "in progress" and what as done is ESP-IDF v5.3.2's, also where that is wrong. */
#include "https_ota.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/defect.h"
#include "esp_app_format.h"
#include "esp_heap_caps.h"
#include "esp_log.h"

static const char TAG[] = "esp_https_ota";

#define DEFAULT_RANGE (64 * 1024)
#define DEFAULT_RETRIES 10

ESP_EVENT_DEFINE_BASE(ESP_HTTPS_OTA_EVENT);

static void post(esp_https_ota_event_t event, const void *data, size_t size)
{
    /* For ever, as the real one: a handler that blocks, blocks the update. */
    if (esp_event_post(ESP_HTTPS_OTA_EVENT, (int32_t)event, data, size, portMAX_DELAY) != ESP_OK) {
        ESP_LOGE(TAG, "Failed to post https_ota event: %d", (int)event);
    }
}

static bool verifies_server(const esp_http_client_config_t *config)
{
    return config->use_global_ca_store || config->crt_bundle_attach || config->cert_pem;
}

static esp_err_t open_client(https_ota_t *ota, const esp_https_ota_config_t *config)
{
    ota->client = esp_http_client_init(config->http_config);
    if (!ota->client) {
        ESP_LOGE(TAG, "Failed to initialise HTTP connection");
        return ESP_FAIL;
    }
    if (config->http_client_init_cb) {
        esp_err_t error = config->http_client_init_cb(ota->client);
        if (error != ESP_OK) {
            ESP_LOGE(TAG, "http_client_init_cb returned 0x%x", (unsigned)error);
            return error;
        }
    }
    if (ota->is_partial) {
        esp_err_t error = https_ota_ask_for_size(ota);
        if (error != ESP_OK) {
            return error;
        }
    }
    esp_err_t error = https_ota_connect(ota);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "Failed to establish HTTP connection");
        return error;
    }
    post(ESP_HTTPS_OTA_CONNECTED, NULL, 0);
    if (!ota->is_partial) {
        ota->image_length = (int)(uint32_t)esp_http_client_get_content_length(ota->client);
    }
    return ESP_OK;
}

static esp_err_t open_slot(https_ota_t *ota, const esp_https_ota_config_t *config)
{
    ESP_LOGI(TAG, "Starting OTA...");
    ota->slot = esp_ota_get_next_update_partition(NULL);
    if (!ota->slot) {
        ESP_LOGE(TAG, "Passive OTA partition not found");
        return ESP_FAIL;
    }
    ESP_LOGI(TAG, "Writing to partition subtype %d at offset 0x%" PRIx32, (int)ota->slot->subtype,
             ota->slot->address);
    int wanted = config->http_config->buffer_size;
    ota->buffer_size = wanted > HTTPS_OTA_HEADER_SIZE ? (size_t)wanted : HTTPS_OTA_HEADER_SIZE;
    ota->buffer = config->buffer_caps ? heap_caps_malloc(ota->buffer_size, config->buffer_caps)
                                      : malloc(ota->buffer_size);
    if (!ota->buffer) {
        ESP_LOGE(TAG, "Couldn't allocate memory to upgrade data buffer");
        return ESP_ERR_NO_MEM;
    }
    return ESP_OK;
}

esp_err_t esp_https_ota_begin(const esp_https_ota_config_t *ota_config,
                              esp_https_ota_handle_t *handle)
{
    if (handle) {
        *handle = NULL;
    }
    if (!handle || !ota_config || !ota_config->http_config) {
        ESP_LOGE(TAG, "esp_https_ota_begin: Invalid argument");
        return ESP_ERR_INVALID_ARG;
    }
    const esp_http_client_config_t *http = ota_config->http_config;
    if (!verifies_server(http)) {
#ifdef CONFIG_ESP_HTTPS_OTA_ALLOW_HTTP
        ESP_LOGW(TAG, "Continuing with insecure option because CONFIG_ESP_HTTPS_OTA_ALLOW_HTTP is set.");
#else
        ESP_LOGE(TAG, "No option for server verification is enabled in esp_http_client config.");
        return ESP_ERR_INVALID_ARG;
#endif
    }
    post(ESP_HTTPS_OTA_START, NULL, 0);
    https_ota_t *ota = calloc(1, sizeof(*ota));
    if (!ota) {
        ESP_LOGE(TAG, "Couldn't allocate memory to upgrade data buffer");
        return ESP_ERR_NO_MEM;
    }
    int retries = http->max_authorization_retries;
    int most = ota_config->max_http_request_size;
    ota->retries = retries == 0 ? DEFAULT_RETRIES : retries < 0 ? 0 : retries;
    ota->bulk_erase = ota_config->bulk_flash_erase;
    ota->is_partial = ota_config->partial_http_download;
    ota->most = most == 0 ? DEFAULT_RANGE : most;
    esp_err_t error = open_client(ota, ota_config);
    if (error == ESP_OK) {
        error = open_slot(ota, ota_config);
    }
    if (error != ESP_OK) {
        defect_meets_refusal();
        https_ota_disconnect(ota);
        free(ota);
        return error;
    }
    ota->state = HTTPS_OTA_BEGIN;
    *handle = ota;
    return ESP_OK;
}

/* Reads the first 1024 bytes. A server that stalls among them is waited for without end. */
static esp_err_t read_header(https_ota_t *ota)
{
    int count = 0;
    while (count < HTTPS_OTA_HEADER_SIZE &&
           !esp_http_client_is_complete_data_received(ota->client)) {
        int got = esp_http_client_read(ota->client, ota->buffer + count,
                                       HTTPS_OTA_HEADER_SIZE - count);
        if (got == -ESP_ERR_HTTP_EAGAIN) {
            ESP_LOGD(TAG, "ESP_ERR_HTTP_EAGAIN invoked: Call timed out before data was ready");
            continue;
        }
        if (got < 0) {
            ESP_LOGE(TAG, "Connection closed, errno = %d", errno);
            break;
        }
        count += got;
    }
    if (count < HTTPS_OTA_HEADER_SIZE) {
        ESP_LOGE(TAG, "Complete headers were not received");
        return ESP_FAIL;
    }
    ota->written = count;
    return ESP_OK;
}

esp_err_t esp_https_ota_get_img_desc(esp_https_ota_handle_t https_ota_handle,
                                     esp_app_desc_t *new_app_info)
{
    https_ota_t *ota = https_ota_handle;
    if (!ota || !new_app_info) {
        ESP_LOGE(TAG, "esp_https_ota_read_img_desc: Invalid argument");
        return ESP_ERR_INVALID_ARG;
    }
    if (ota->state < HTTPS_OTA_BEGIN) {
        ESP_LOGE(TAG, "esp_https_ota_read_img_desc: Invalid state");
        return ESP_FAIL;
    }
    if (read_header(ota) != ESP_OK) {
        return ESP_FAIL;
    }
    memcpy(new_app_info,
           ota->buffer + sizeof(esp_image_header_t) + sizeof(esp_image_segment_header_t),
           sizeof(*new_app_info));
    if (new_app_info->magic_word != ESP_APP_DESC_MAGIC_WORD) {
        ESP_LOGE(TAG, "Incorrect app descriptor magic");
        return ESP_FAIL;
    }
    post(ESP_HTTPS_OTA_GET_IMG_DESC, NULL, 0);
    return ESP_OK;
}

static esp_err_t check_chip(const https_ota_t *ota)
{
    esp_image_header_t header;
    memcpy(&header, ota->buffer, sizeof(header));
    esp_chip_id_t chip = header.chip_id;
    post(ESP_HTTPS_OTA_VERIFY_CHIP_ID, &chip, sizeof(chip));
    if (chip != board.chip_id && !has_defect(DEFECT_IGNORES_CHIP)) {
        ESP_LOGE(TAG, "Mismatch chip id, expected %d, found %d", board.chip_id, (int)chip);
        return ESP_ERR_INVALID_VERSION;
    }
    return ESP_OK;
}

static esp_err_t write_image(https_ota_t *ota, int count)
{
    esp_err_t error = esp_ota_write(ota->update, ota->buffer, (size_t)count);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "Error: esp_ota_write failed! err=0x%x", (unsigned)error);
        return error;
    }
    ota->written += count;
    ESP_LOGD(TAG, "Written image length %d", ota->written);
    post(ESP_HTTPS_OTA_WRITE_FLASH, &ota->written, sizeof(ota->written));
    return ESP_ERR_HTTPS_OTA_IN_PROGRESS;
}

static esp_err_t perform_first(https_ota_t *ota)
{
    size_t erase = OTA_WITH_SEQUENTIAL_WRITES;
    if (ota->bulk_erase) {
        erase = ota->image_length > 0 ? (size_t)ota->image_length : OTA_SIZE_UNKNOWN;
    }
    esp_err_t error = esp_ota_begin(ota->slot, erase, &ota->update);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "esp_ota_begin failed (%s)", esp_err_to_name(error));
        return error;
    }
    ota->state = HTTPS_OTA_IN_PROGRESS;
    if (ota->written == 0 && read_header(ota) != ESP_OK) {
        return ESP_FAIL;
    }
    int count = ota->written;
    ota->written = 0;
    error = check_chip(ota);
    return error == ESP_OK ? write_image(ota, count) : error;
}

static esp_err_t perform_next(https_ota_t *ota)
{
    int got = esp_http_client_read(ota->client, ota->buffer, (int)ota->buffer_size);
    if (got > 0) {
        return write_image(ota, got);
    }
    if (got == -ESP_ERR_HTTP_EAGAIN) {
        ESP_LOGD(TAG, "ESP_ERR_HTTP_EAGAIN invoked: Call timed out before data was ready");
        return ESP_ERR_HTTPS_OTA_IN_PROGRESS;
    }
    if (got < 0) {
        ESP_LOGE(TAG, "data read %d, errno %d", got, errno);
        return ESP_FAIL;
    }
    if (!esp_http_client_is_complete_data_received(ota->client)) {
        ESP_LOGE(TAG, "Connection closed before complete data was received!");
        return ESP_FAIL;
    }
    ESP_LOGD(TAG, "Connection closed");
    if (!ota->is_partial || ota->written == ota->image_length) {
        ota->state = HTTPS_OTA_SUCCESS;
    } else if (ota->image_length > ota->written) {
        return https_ota_next_range(ota);
    }
    /* With more bytes than the server's size this is ESP_OK, and the state says that it goes on: finish
     * then does not make the new app the one to boot. */
    return ESP_OK;
}

esp_err_t esp_https_ota_perform(esp_https_ota_handle_t https_ota_handle)
{
    https_ota_t *ota = https_ota_handle;
    if (!ota) {
        ESP_LOGE(TAG, "esp_https_ota_perform: Invalid argument");
        return ESP_ERR_INVALID_ARG;
    }
    switch (ota->state) {
    case HTTPS_OTA_INIT:
        ESP_LOGE(TAG, "esp_https_ota_perform: Invalid state");
        return ESP_FAIL;
    case HTTPS_OTA_BEGIN:
        return perform_first(ota);
    case HTTPS_OTA_IN_PROGRESS:
        return perform_next(ota);
    case HTTPS_OTA_SUCCESS:
        break;
    }
    ESP_LOGE(TAG, "Invalid ESP HTTPS OTA State");
    return ESP_FAIL;
}

bool esp_https_ota_is_complete_data_received(esp_https_ota_handle_t https_ota_handle)
{
    https_ota_t *ota = https_ota_handle;
    if (!ota) {
        return false;
    }
    return ota->is_partial ? ota->image_length == ota->written
                           : esp_http_client_is_complete_data_received(ota->client);
}

static void free_ota(https_ota_t *ota)
{
    https_ota_disconnect(ota);
    free(ota->buffer);
    free(ota);
}

esp_err_t esp_https_ota_finish(esp_https_ota_handle_t https_ota_handle)
{
    https_ota_t *ota = https_ota_handle;
    if (!ota) {
        return ESP_ERR_INVALID_ARG;
    }
    if (ota->state < HTTPS_OTA_BEGIN) {
        return ESP_FAIL;
    }
    esp_err_t error = ota->state == HTTPS_OTA_BEGIN ? ESP_OK : esp_ota_end(ota->update);
    if (error == ESP_OK && ota->state == HTTPS_OTA_SUCCESS) {
        error = esp_ota_set_boot_partition(ota->slot);
        if (error != ESP_OK) {
            ESP_LOGE(TAG, "esp_ota_set_boot_partition failed! err=0x%x", (unsigned)error);
        } else {
            esp_partition_subtype_t subtype = ota->slot->subtype;
            post(ESP_HTTPS_OTA_UPDATE_BOOT_PARTITION, &subtype, sizeof(subtype));
        }
    }
    free_ota(ota);
    post(ESP_HTTPS_OTA_FINISH, NULL, 0);
    return error;
}

esp_err_t esp_https_ota_abort(esp_https_ota_handle_t https_ota_handle)
{
    https_ota_t *ota = https_ota_handle;
    if (!ota) {
        return ESP_ERR_INVALID_ARG;
    }
    if (ota->state < HTTPS_OTA_BEGIN) {
        return ESP_FAIL;
    }
    defect_meets_refusal();
    esp_err_t error = ota->state == HTTPS_OTA_BEGIN ? ESP_OK : esp_ota_abort(ota->update);
    free_ota(ota);
    post(ESP_HTTPS_OTA_ABORT, NULL, 0);
    return error;
}

esp_err_t esp_https_ota(const esp_https_ota_config_t *ota_config)
{
    if (!ota_config || !ota_config->http_config) {
        ESP_LOGE(TAG, "esp_https_ota: Invalid argument");
        return ESP_ERR_INVALID_ARG;
    }
    esp_https_ota_handle_t handle = NULL;
    esp_https_ota_begin(ota_config, &handle);
    if (!handle) {
        return ESP_FAIL; /* whatever the error was */
    }
    esp_err_t error;
    do {
        error = esp_https_ota_perform(handle);
    } while (error == ESP_ERR_HTTPS_OTA_IN_PROGRESS);
    if (error != ESP_OK) {
        esp_https_ota_abort(handle);
        return error;
    }
    return esp_https_ota_finish(handle);
}

int esp_https_ota_get_image_len_read(esp_https_ota_handle_t https_ota_handle)
{
    https_ota_t *ota = https_ota_handle;
    return ota && ota->state >= HTTPS_OTA_BEGIN ? ota->written : -1;
}

int esp_https_ota_get_status_code(esp_https_ota_handle_t https_ota_handle)
{
    https_ota_t *ota = https_ota_handle;
    return ota && ota->state >= HTTPS_OTA_BEGIN ? esp_http_client_get_status_code(ota->client) : -1;
}

int esp_https_ota_get_image_size(esp_https_ota_handle_t https_ota_handle)
{
    https_ota_t *ota = https_ota_handle;
    return ota && ota->state >= HTTPS_OTA_BEGIN ? ota->image_length : -1;
}
