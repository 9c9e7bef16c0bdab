#include "guarded_http.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "esp_log.h"
#include "esp_timer.h"
#include "esp_tls.h"

static const char *const tag = "guarded_ota";

/* --- fields and events ------------------------------------------------------------------------ */

/* A value that is too long is as good as none. */
static bool keep(char *place, size_t size, const char *value)
{
    size_t length = strlen(value);
    place[0] = 0;
    if (length < size) {
        memcpy(place, value, length + 1);
    }
    return length < size;
}

static void field_came(guarded_fields_t *fields, const char *name, const char *value)
{
    if (strcasecmp(name, "Location") == 0) {
        fields->is_cut = !keep(fields->location, sizeof(fields->location), value);
    } else if (strcasecmp(name, "ETag") == 0) {
        keep(fields->etag, sizeof(fields->etag), value);
    } else if (strcasecmp(name, "Last-Modified") == 0) {
        keep(fields->last_modified, sizeof(fields->last_modified), value);
    } else if (strcasecmp(name, "Content-Range") == 0) {
        keep(fields->content_range, sizeof(fields->content_range), value);
    } else if (strcasecmp(name, "Content-Length") == 0) {
        fields->has_length = true;
    } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
        fields->has_coding = true;
    } else if (strcasecmp(name, "Content-Encoding") == 0) {
        fields->is_encoded |= strcasecmp(value, "identity") != 0;
    }
}

static int64_t microseconds_left(const guarded_response_t *response)
{
    return response->request.deadline - esp_timer_get_time();
}

/* A certificate that is not trusted now will not be in a second. */
static void connection_failed(guarded_response_t *response, esp_tls_error_handle_t error)
{
    int flags = 0;
    esp_err_t failure = esp_tls_get_and_clear_last_error(error, NULL, &flags);
    response->failure = error == NULL ? ESP_OK : failure;
    if (flags != 0) {
        ESP_LOGE(tag, "the server's certificate is not to be trusted (flags 0x%x)",
                 (unsigned)flags);
        response->may_recover = false;
    }
}

/* A read goes on while bytes drip in; what ends it at the deadline is a timeout, set by the
 * bytes. */
static esp_err_t on_event(esp_http_client_event_t *event)
{
    guarded_response_t *response = event->user_data;
    if (event->event_id == HTTP_EVENT_ERROR) {
        connection_failed(response, event->data);
    } else if (event->event_id == HTTP_EVENT_ON_HEADER && event->header_value != NULL) {
        field_came(&response->fields, event->header_key, event->header_value);
    }
    if ((event->event_id == HTTP_EVENT_ON_HEADER || event->event_id == HTTP_EVENT_ON_DATA) &&
        microseconds_left(response) <= 0) {
        esp_http_client_set_timeout_ms(event->client, 1);
    }
    return ESP_OK;
}

/* --- the request ------------------------------------------------------------------------------ */

static esp_err_t set_fields(const guarded_response_t *response)
{
    const guarded_request_t *request = &response->request;
    esp_err_t error = esp_http_client_set_header(response->client, "Accept-Encoding", "identity");
    if (error == ESP_OK && request->from > 0) {
        char range[32];
        snprintf(range, sizeof(range), "bytes=%zu-", request->from);
        error = esp_http_client_set_header(response->client, "Range", range);
        if (error == ESP_OK && request->validator[0] != 0) {
            error = esp_http_client_set_header(response->client, "If-Range", request->validator);
        }
    }
    return error;
}

static int timeout_ms(const guarded_response_t *response)
{
    int64_t left = microseconds_left(response) / 1000 + 1;
    int64_t most = response->request.config->receive_timeout_ms;
    return (int)(left < most ? left : most);
}

static esp_err_t open_client(guarded_response_t *response)
{
    const guarded_ota_config_t *config = response->request.config;
    if (microseconds_left(response) <= 0) {
        return ESP_ERR_TIMEOUT;
    }
    esp_http_client_config_t http = {
        .url = response->url,
        .cert_pem = config->cert_pem,
        .crt_bundle_attach = config->crt_bundle_attach,
        .skip_cert_common_name_check = config->skip_cert_common_name_check,
        .timeout_ms = timeout_ms(response),
        .keep_alive_enable = true,
        .disable_auto_redirect = true,
        .buffer_size_tx = GUARDED_URL_LIMIT + 64, /* the request's first line */
        .event_handler = on_event,
        .user_data = response,
    };
    response->may_recover = true;
    response->client = esp_http_client_init(&http);
    if (response->client == NULL) {
        response->may_recover = false;
        return ESP_ERR_INVALID_ARG;
    }
    esp_err_t error = set_fields(response);
    if (error == ESP_OK) {
        error = esp_http_client_open(response->client, 0);
    }
    response->is_connected = error == ESP_OK;
    return error == ESP_ERR_HTTP_CONNECT && response->failure != ESP_OK ? response->failure : error;
}

/* --- the answer ------------------------------------------------------------------------------- */

static const char *read_number(const char *text, int64_t *number)
{
    const char *start = text;
    *number = 0;
    while (*text >= '0' && *text <= '9' && text - start < 18) {
        *number = *number * 10 + (*text++ - '0');
    }
    return text == start ? NULL : text;
}

/* `bytes 100-999/1000`: from the byte that was asked for to the file's last. */
static bool is_rest(const char *text, int64_t from, int64_t *total)
{
    int64_t start, end;
    if (strncasecmp(text, "bytes ", 6) != 0 || (text = read_number(text + 6, &start)) == NULL ||
        *text++ != '-' || (text = read_number(text, &end)) == NULL || *text++ != '/' ||
        (text = read_number(text, total)) == NULL) {
        return false;
    }
    return *text == 0 && start == from && start <= end && end == *total - 1;
}

/* Whether a server that says so may say otherwise later. */
static bool is_passing(int status) { return status == 408 || status == 429 || status >= 500; }

static esp_err_t judge(guarded_response_t *response, int64_t length)
{
    const guarded_fields_t *fields = &response->fields;
    int64_t from = (int64_t)response->request.from;
    bool is_encoded = fields->is_encoded;
    response->may_recover = false;
    if (response->status == 200 && !is_encoded) {
        response->start = 0;
        response->total = length;
        return ESP_OK;
    }
    if (response->status == 206 && !is_encoded && from > 0 &&
        is_rest(fields->content_range, from, &response->total) &&
        (length == response->total - from || !fields->has_length)) {
        response->start = from;
        return ESP_OK;
    }
    response->has_no_rest = from > 0 && (response->status == 206 || response->status == 412 ||
                                         response->status == 416);
    response->may_recover = is_passing(response->status);
    ESP_LOGE(tag, "status %d%s%s is no answer to go on with", response->status,
             is_encoded ? ", encoded" : "", response->has_no_rest ? ", for this range" : "");
    return ESP_ERR_INVALID_RESPONSE;
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool is_https(const char *url) { return strncasecmp(url, "https://", 8) == 0; }

/* Makes a Location that is a path of the same server a URL. */
static bool make_absolute(const char *url, char location[GUARDED_URL_LIMIT])
{
    const char *host = strstr(url, "://");
    size_t origin = host == NULL ? 0 : (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
    size_t length = strlen(location);
    if (origin == 0 || origin + length >= GUARDED_URL_LIMIT) {
        return false;
    }
    memmove(location + origin, location, length + 1);
    memcpy(location, url, origin);
    return true;
}

/* Goes to the place that a redirect names. */
static esp_err_t follow(guarded_response_t *response)
{
    char *location = response->fields.location;
    bool is_path = location[0] == '/' && location[1] != '/';
    response->may_recover = false;
    if (location[0] == 0 || response->fields.is_cut ||
        (is_path && !make_absolute(response->url, location))) {
        ESP_LOGE(tag, "status %d without a usable Location", response->status);
        return ESP_ERR_INVALID_RESPONSE;
    }
    bool is_http = strncasecmp(location, "http://", 7) == 0;
    bool may_http = response->request.config->allow_http && !is_https(response->url);
    if (!is_https(location) && !(is_http && may_http)) {
        ESP_LOGE(tag, "no redirect is followed from %s to %s", response->url, location);
        return ESP_ERR_INVALID_RESPONSE;
    }
    memcpy(response->url, location, sizeof(response->url));
    return ESP_OK;
}

static bool is_interim(int status) { return status >= 100 && status < 200 && status != 101; }

/* Waits for the fields of the final answer: each interim one (1xx) passes for it. */
static int64_t fetch_final(guarded_response_t *response)
{
    int64_t length;
    do {
        memset(&response->fields, 0, sizeof(response->fields));
        length = esp_http_client_fetch_headers(response->client);
        response->status = length < 0 ? 0 : esp_http_client_get_status_code(response->client);
    } while (is_interim(response->status) && microseconds_left(response) > 0);
    return length;
}

/* Asks once, and waits for the answer's fields. */
static esp_err_t ask(guarded_response_t *response, int64_t *length)
{
    response->is_connected = false;
    response->status = 0;
    esp_err_t error = open_client(response);
    if (error != ESP_OK) {
        return error;
    }
    *length = fetch_final(response);
    if (*length < 0) {
        return *length == -ESP_ERR_HTTP_EAGAIN ? ESP_ERR_TIMEOUT : ESP_ERR_HTTP_FETCH_HEADER;
    }
    return ESP_OK;
}

esp_err_t guarded_http_get(guarded_response_t *response, const guarded_request_t *request)
{
    const guarded_ota_config_t *config = request->config;
    memset(response, 0, sizeof(*response));
    response->request = *request;
    if (!keep(response->url, sizeof(response->url), request->url) ||
        (!is_https(request->url) && !config->allow_http)) {
        return ESP_ERR_INVALID_ARG;
    }
    for (;;) {
        int64_t length;
        esp_err_t error = ask(response, &length);
        if (error != ESP_OK) {
            return error;
        }
        if (!is_redirect(response->status)) {
            return judge(response, length);
        }
        if (response->redirects++ >= config->max_redirects) {
            ESP_LOGE(tag, "more than %u redirects", config->max_redirects);
            response->may_recover = false;
            return ESP_ERR_HTTP_MAX_REDIRECT;
        }
        error = follow(response);
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

bool guarded_http_has_end(const guarded_response_t *response)
{
    return response->fields.has_length || response->fields.has_coding;
}

const char *guarded_http_validator(const guarded_response_t *response)
{
    const char *etag = response->fields.etag;
    return etag[0] == '"' ? etag : response->fields.last_modified;
}
