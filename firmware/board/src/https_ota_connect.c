#include <inttypes.h>
#include <stdio.h>

#include "esp_log.h"
#include "https_ota.h"

static const char TAG[] = "esp_https_ota";

#define REDIRECT_BUFFER 256

static bool is_redirect(int status)
{
    switch (status) {
    case HttpStatus_MovedPermanently:
    case HttpStatus_Found:
    case HttpStatus_SeeOther:
    case HttpStatus_TemporaryRedirect:
    case HttpStatus_PermanentRedirect:
        return true;
    default:
        return false;
    }
}

static bool is_asked_again(int status)
{
    return is_redirect(status) || status == HttpStatus_Unauthorized;
}

/* The body of a response that is not the image must be out of the way before the next request. */
static void drain(https_ota_t *ota)
{
    char buffer[REDIRECT_BUFFER];
    while (esp_http_client_read(ota->client, buffer, sizeof(buffer)) > 0) {
    }
}

static esp_err_t judge_status(https_ota_t *ota, int status)
{
    if (is_redirect(status)) {
        esp_err_t error = esp_http_client_set_redirection(ota->client);
        if (error != ESP_OK) {
            ESP_LOGE(TAG, "URL redirection Failed");
            return error;
        }
    } else if (status == HttpStatus_Unauthorized) {
        if (ota->retries == 0) {
            ESP_LOGE(TAG, "Reached max_authorization_retries (%d)", status);
            return ESP_FAIL;
        }
        ota->retries -= 1;
        esp_http_client_add_auth(ota->client);
    } else if (status == HttpStatus_NotFound || status == HttpStatus_Forbidden) {
        ESP_LOGE(TAG, "File not found(%d)", status);
        return ESP_FAIL;
    } else if (status >= HttpStatus_BadRequest && status < HttpStatus_InternalError) {
        ESP_LOGE(TAG, "Client error (%d)", status);
        return ESP_FAIL;
    } else if (status >= HttpStatus_InternalError) {
        ESP_LOGE(TAG, "Server error (%d)", status);
        return ESP_FAIL;
    }
    if (is_asked_again(status)) {
        drain(ota);
    }
    return ESP_OK;
}

/* The body of a POST, if http_client_init_cb has set one. */
static esp_err_t send_body(https_ota_t *ota, const char *data, int count)
{
    for (int sent = 0; sent < count;) {
        int written = esp_http_client_write(ota->client, data + sent, count - sent);
        if (written < 0) {
            ESP_LOGE(TAG, "Write failed");
            return ESP_FAIL;
        }
        sent += written;
    }
    return ESP_OK;
}

esp_err_t https_ota_connect(https_ota_t *ota)
{
    int status = 0;
    do {
        char *data = NULL;
        int count = esp_http_client_get_post_field(ota->client, &data);
        esp_err_t error = esp_http_client_open(ota->client, count);
        if (error != ESP_OK) {
            ESP_LOGE(TAG, "Failed to open HTTP connection: %s", esp_err_to_name(error));
            return error;
        }
        error = send_body(ota, data, count);
        if (error != ESP_OK) {
            return error;
        }
        /* 64 bits into an int, as the real one: of a huge length the sign is left to chance. */
        int length = (int)(uint32_t)esp_http_client_fetch_headers(ota->client);
        if (length < 0) {
            return length;
        }
        status = esp_http_client_get_status_code(ota->client);
        error = judge_status(ota, status);
        if (error != ESP_OK) {
            return error;
        }
    } while (is_asked_again(status));
    return ESP_OK;
}

static esp_err_t ask_for_range(https_ota_t *ota, int first, bool is_last)
{
    char range[64];
    if (is_last) {
        snprintf(range, sizeof(range), "bytes=%d-", first);
    } else {
        snprintf(range, sizeof(range), "bytes=%d-%d", first, first + ota->most - 1);
    }
    return esp_http_client_set_header(ota->client, "Range", range);
}

esp_err_t https_ota_ask_for_size(https_ota_t *ota)
{
    esp_http_client_set_method(ota->client, HTTP_METHOD_HEAD);
    esp_err_t error = esp_http_client_perform(ota->client);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "ESP HTTP client perform failed: %d", error);
        return error;
    }
    int status = esp_http_client_get_status_code(ota->client);
    if (status != HttpStatus_Ok) {
        ESP_LOGE(TAG, "Received incorrect http status %d", status);
        return ESP_FAIL;
    }
    ota->image_length = (int)(uint32_t)esp_http_client_get_content_length(ota->client);
    esp_http_client_close(ota->client);
    if (ota->image_length > ota->most) {
        error = ask_for_range(ota, 0, false);
        if (error != ESP_OK) {
            return error;
        }
    }
    return esp_http_client_set_method(ota->client, HTTP_METHOD_GET);
}

esp_err_t https_ota_next_range(https_ota_t *ota)
{
    esp_http_client_close(ota->client);
    bool is_last = ota->image_length - ota->written <= ota->most;
    esp_err_t error = ask_for_range(ota, ota->written, is_last);
    if (error != ESP_OK) {
        return error;
    }
    if (https_ota_connect(ota) != ESP_OK) {
        ESP_LOGE(TAG, "Failed to establish HTTP connection");
        return ESP_FAIL;
    }
    ESP_LOGD(TAG, "Connection start");
    return ESP_ERR_HTTPS_OTA_IN_PROGRESS;
}

void https_ota_disconnect(https_ota_t *ota)
{
    if (ota->client) {
        esp_http_client_close(ota->client);
        esp_http_client_cleanup(ota->client);
        ota->client = NULL;
    }
}
