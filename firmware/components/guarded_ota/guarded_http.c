#include "guarded_http.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "esp_log.h"

static const char *const tag = "guarded_ota";

static void keep(guarded_fields_t *fields, char *place, size_t size, const char *value)
{
    size_t length = strlen(value);
    if (length >= size) {
        fields->is_cut = true;
        return;
    }
    memcpy(place, value, length + 1);
}

static void field_came(guarded_fields_t *fields, const char *name, const char *value)
{
    if (strcasecmp(name, "Location") == 0) {
        keep(fields, fields->location, sizeof(fields->location), value);
    } else if (strcasecmp(name, "ETag") == 0) {
        keep(fields, fields->etag, sizeof(fields->etag), value);
    } else if (strcasecmp(name, "Last-Modified") == 0) {
        keep(fields, fields->last_modified, sizeof(fields->last_modified), value);
    } else if (strcasecmp(name, "Content-Range") == 0) {
        keep(fields, fields->content_range, sizeof(fields->content_range), value);
    } else if (strcasecmp(name, "Content-Encoding") == 0) {
        fields->is_encoded = strcasecmp(value, "identity") != 0;
    }
}

static esp_err_t on_event(esp_http_client_event_t *event)
{
    if (event->event_id == HTTP_EVENT_ON_HEADER) {
        field_came(event->user_data, event->header_key, event->header_value);
    }
    return ESP_OK;
}

static esp_err_t open_client(guarded_response_t *response, const char *url, size_t from,
                             const char *validator)
{
    const guarded_ota_config_t *config = response->config;
    esp_http_client_config_t http = {
        .url = url,
        .cert_pem = config->cert_pem,
        .crt_bundle_attach = config->crt_bundle_attach,
        .skip_cert_common_name_check = config->skip_cert_common_name_check,
        .timeout_ms = (int)config->receive_timeout_ms,
        .keep_alive_enable = true,
        .disable_auto_redirect = true,
        .event_handler = on_event,
        .user_data = &response->fields,
    };
    response->client = esp_http_client_init(&http);
    if (response->client == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (from > 0) {
        char range[32];
        snprintf(range, sizeof(range), "bytes=%zu-", from);
        esp_http_client_set_header(response->client, "Range", range);
        if (validator[0] != 0) {
            esp_http_client_set_header(response->client, "If-Range", validator);
        }
    }
    return esp_http_client_open(response->client, 0);
}

/* `bytes 100-999/1000`: where the body begins and how long the file is; a length of * is no answer. */
static bool read_content_range(const char *text, int64_t *start, int64_t *total)
{
    int64_t end;
    int used = 0;
    int count = sscanf(text, "bytes %" SCNd64 "-%" SCNd64 "/%" SCNd64 "%n", start, &end, total, &used);
    return count == 3 && text[used] == 0 && *start >= 0 && *start <= end && end < *total &&
           end == *total - 1;
}

static esp_err_t judge(guarded_response_t *response, int64_t length, size_t from)
{
    if (response->fields.is_encoded) {
        ESP_LOGE(tag, "the server has encoded the image, and nobody asked for that");
        return ESP_ERR_INVALID_RESPONSE;
    }
    if (response->status == 200) {
        response->start = 0;
        response->total = length > 0 ? length : 0;
        return ESP_OK;
    }
    if (response->status != 206 || from == 0) {
        ESP_LOGE(tag, "status %d is no answer to go on with", response->status);
        return ESP_ERR_INVALID_RESPONSE;
    }
    if (!read_content_range(response->fields.content_range, &response->start, &response->total) ||
        response->start != (int64_t)from ||
        (length > 0 && length != response->total - response->start)) {
        ESP_LOGE(tag, "asked for bytes from %zu on, and got '%s'", from,
                 response->fields.content_range);
        return ESP_ERR_INVALID_RESPONSE;
    }
    return ESP_OK;
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool is_https(const char *url) { return strncasecmp(url, "https://", 8) == 0; }

/* Puts the place that a redirect names into `url`. */
static esp_err_t follow(const guarded_response_t *response, char *url)
{
    const char *location = response->fields.location;
    char absolute[GUARDED_URL_LIMIT];
    if (location[0] == 0 || response->fields.is_cut) {
        ESP_LOGE(tag, "status %d without a usable Location", response->status);
        return ESP_ERR_INVALID_RESPONSE;
    }
    if (location[0] == '/' && location[1] != '/') {
        const char *host = strstr(url, "://");
        size_t origin = host == NULL ? 0 : (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
        if (origin == 0 || origin + strlen(location) >= sizeof(absolute)) {
            return ESP_ERR_INVALID_RESPONSE;
        }
        memcpy(absolute, url, origin);
        strcpy(absolute + origin, location);
        location = absolute;
    }
    bool is_http = strncasecmp(location, "http://", 7) == 0;
    if (!is_https(location) && (!is_http || is_https(url) || !response->config->allow_http)) {
        ESP_LOGE(tag, "no redirect is followed from %s to %s", url, location);
        return ESP_ERR_INVALID_RESPONSE;
    }
    memmove(url, location, strlen(location) + 1);
    return ESP_OK;
}

esp_err_t guarded_http_get(guarded_response_t *response, const guarded_ota_config_t *config,
                           const char *first_url, size_t from, const char *validator)
{
    char url[GUARDED_URL_LIMIT];
    memset(response, 0, sizeof(*response));
    response->config = config;
    if (strlen(first_url) >= sizeof(url) || (!is_https(first_url) && !config->allow_http)) {
        return ESP_ERR_INVALID_ARG;
    }
    strcpy(url, first_url);
    for (;;) {
        memset(&response->fields, 0, sizeof(response->fields));
        esp_err_t error = open_client(response, url, from, validator);
        if (error != ESP_OK) {
            return error;
        }
        int64_t length = esp_http_client_fetch_headers(response->client);
        response->status = esp_http_client_get_status_code(response->client);
        if (length < 0) {
            return length == -ESP_ERR_HTTP_EAGAIN ? ESP_ERR_TIMEOUT : ESP_ERR_HTTP_FETCH_HEADER;
        }
        if (!is_redirect(response->status)) {
            return judge(response, length, from);
        }
        if (response->redirects++ >= config->max_redirects) {
            ESP_LOGE(tag, "more than %u redirects", config->max_redirects);
            return ESP_ERR_HTTP_MAX_REDIRECT;
        }
        error = follow(response, url);
        if (error != ESP_OK) {
            return error;
        }
        /* A new connection: the server may close the old one, and its client would not notice. */
        guarded_http_close(response);
    }
}

int guarded_http_read(guarded_response_t *response, uint8_t *to, size_t count)
{
    int got = esp_http_client_read(response->client, (char *)to, (int)count);
    if (got > 0) {
        return got;
    }
    if (got == -ESP_ERR_HTTP_EAGAIN) {
        return -ESP_ERR_TIMEOUT;
    }
    if (got == 0 && esp_http_client_is_complete_data_received(response->client)) {
        return 0;
    }
    return ESP_FAIL;
}

void guarded_http_close(guarded_response_t *response)
{
    if (response->client != NULL) {
        esp_http_client_close(response->client);
        esp_http_client_cleanup(response->client);
        response->client = NULL;
    }
}

const char *guarded_http_validator(const guarded_response_t *response)
{
    const char *etag = response->fields.etag;
    return etag[0] == '"' ? etag : response->fields.last_modified;
}

bool guarded_http_may_recover(int status)
{
    return status == 0 || status == 200 || status == 206 || status == 408 || status == 416 ||
           status == 429 || status >= 500;
}
