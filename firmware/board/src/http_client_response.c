#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "esp_log.h"
#include "board/defect.h"
#include "http_client_internal.h"

#define TAG HTTP_CLIENT_TAG

/* The parser here is version 2.9 of the library, ESP-IDF's is 2.7. Both are strict, have a limit
 * of 80 KiB for the header, and refuse two lengths and a length beside chunks. 2.9 alone sees
 * `chunked` in a list of codings. */

static int on_message_begin(http_parser *parser)
{
    http_client_response_t *response = &((esp_http_client_handle_t)parser->data)->response;
    response->is_chunked = false;
    response->is_complete = false;
    http_client_assign(&response->location, NULL, 0);
    http_client_assign(&response->challenge, NULL, 0);
    return 0;
}

static void keep_header(http_client_response_t *response)
{
    const char *value = response->value ? response->value : "";
    size_t length = strlen(value);
    if (strcasecmp(response->key, "Location") == 0) {
        http_client_assign(&response->location, value, length);
    } else if (strcasecmp(response->key, "Transfer-Encoding") == 0) {
        response->is_chunked |= strcasecmp(value, "chunked") == 0;
    } else if (strcasecmp(response->key, "WWW-Authenticate") == 0) {
        http_client_assign(&response->challenge, value, length);
    }
}

/* A board that does not look at Content-Range sees the one that it asked for. */
static void forge_content_range(esp_http_client_handle_t client)
{
    http_client_response_t *response = &client->response;
    const char *asked = http_client_header_get(client->headers, "Range");
    const char *slash = response->value ? strchr(response->value, '/') : NULL;
    long long first, total;
    char range[96];
    if (!has_defect(DEFECT_IGNORES_CONTENT_RANGE) || !asked || !slash ||
        strcasecmp(response->key, "Content-Range") != 0 || sscanf(asked, "bytes=%lld-", &first) != 1 ||
        sscanf(slash, "/%lld", &total) != 1) {
        return;
    }
    int length = snprintf(range, sizeof(range), "bytes %lld-%lld/%lld", first, total - 1, total);
    http_client_assign(&response->value, range, (size_t)length);
}

/* A header field has come whole. */
static void end_header(esp_http_client_handle_t client)
{
    http_client_response_t *response = &client->response;
    if (!response->key) {
        return;
    }
    forge_content_range(client);
    keep_header(response);
    http_client_dispatch(client, HTTP_EVENT_ON_HEADER, NULL, 0);
    http_client_assign(&response->key, NULL, 0);
    http_client_assign(&response->value, NULL, 0);
}

static int on_header_field(http_parser *parser, const char *at, size_t count)
{
    esp_http_client_handle_t client = parser->data;
    if (client->response.value) {
        end_header(client);
    }
    return http_client_append(&client->response.key, at, count) ? 0 : -1;
}

static int on_header_value(http_parser *parser, const char *at, size_t count)
{
    esp_http_client_handle_t client = parser->data;
    return http_client_append(&client->response.value, at, count) ? 0 : -1;
}

/* An interim response (1xx) passes for the response. */
static int on_headers_complete(http_parser *parser)
{
    esp_http_client_handle_t client = parser->data;
    end_header(client);
    client->response.status = (int)parser->status_code;
    client->response.content_length = (int64_t)parser->content_length;
    client->response.received = 0;
    client->state = HTTP_CLIENT_HEADERS_CAME;
    return client->config.method == HTTP_METHOD_HEAD ? 1 : 0; /* 1: there is no body */
}

static bool keep_rest(http_client_response_t *response, const char *at, size_t count)
{
    http_client_rest_t *rest = &response->rest;
    char *longer = realloc(rest->bytes, rest->count + count);
    if (!longer) {
        ESP_LOGE(TAG, "Failed to allocate memory for storing decoded data");
        return false;
    }
    memcpy(longer + rest->count, at, count);
    rest->bytes = longer;
    rest->count += count;
    return true;
}

static int on_body(http_parser *parser, const char *at, size_t count)
{
    esp_http_client_handle_t client = parser->data;
    http_client_response_t *response = &client->response;
    if (response->output) {
        memcpy(response->output, at, count); /* never more than was received for it */
        response->output += count;
    } else if (client->state < HTTP_CLIENT_DATA && response->keeps_rest) {
        if (!keep_rest(response, at, count)) {
            return -1;
        }
    }
    response->received += (int64_t)count;
    http_client_dispatch(client, HTTP_EVENT_ON_DATA, (void *)at, (int)count);
    return 0;
}

static int on_message_complete(http_parser *parser)
{
    ((esp_http_client_handle_t)parser->data)->response.is_complete = true;
    return 0;
}

static int on_chunk_header(http_parser *parser)
{
    esp_http_client_handle_t client = parser->data;
    client->response.chunk_length = (int)parser->content_length;
    return 0;
}

static const http_parser_settings settings = {
    .on_message_begin = on_message_begin,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
    .on_chunk_header = on_chunk_header,
};

static void drop_rest(http_client_rest_t *rest)
{
    free(rest->bytes);
    *rest = (http_client_rest_t){0};
}

void http_client_response_begin(esp_http_client_handle_t client)
{
    client->response.received = 0;
    http_client_assign(&client->response.key, NULL, 0);
    http_client_assign(&client->response.value, NULL, 0);
    drop_rest(&client->response.rest);
    http_parser_init(&client->response.parser, HTTP_RESPONSE);
    client->response.parser.data = client;
}

void http_client_response_free(http_client_response_t *response)
{
    drop_rest(&response->rest);
    free(response->key);
    free(response->value);
    free(response->location);
    free(response->challenge);
}

/* An error of the parser is not looked at: it takes nothing more, and what ends the wait is the
 * connection. */
void http_client_response_parse(esp_http_client_handle_t client, size_t count)
{
    (void)http_parser_execute(&client->response.parser, &settings, client->buffer, count);
}

static int receive(esp_http_client_handle_t client, size_t count)
{
    if (!client->transport) {
        return TRANSPORT_FAILED;
    }
    int result;
    do {
        int timeout_ms = has_defect(DEFECT_IS_IMPATIENT) ? 50 : client->config.timeout_ms;
        result = transport_read(client->transport, client->buffer, count, timeout_ms);
    } while (result == TRANSPORT_TIMEOUT && has_defect(DEFECT_HAS_NO_DEADLINE));
    if (result <= 0) {
        client->error_number = errno;
    }
    /* Of a timeout or a failed poll esp-tls remembers nothing. */
    if (result == TRANSPORT_FIN) {
        client->failure.last_error = ESP_ERR_ESP_TLS_TCP_CLOSED_FIN;
    } else if (result < TRANSPORT_FAILED) {
        client->failure.esp_tls_error_code = -result;
    }
    return result;
}

int http_client_receive(esp_http_client_handle_t client)
{
    if (client->state < HTTP_CLIENT_DATA) {
        return ESP_FAIL;
    }
    if (client->config.method == HTTP_METHOD_HEAD) {
        return 0;
    }
    int result = receive(client, (size_t)client->config.buffer_size);
    if (result >= 0) {
        http_client_response_parse(client, (size_t)result);
    }
    return result;
}

int64_t esp_http_client_fetch_headers(esp_http_client_handle_t client)
{
    if (!client || client->state < HTTP_CLIENT_HEADERS_SENT) {
        return ESP_FAIL;
    }
    client->state = HTTP_CLIENT_REQUEST_SENT;
    client->response.status = -1;
    while (client->state < HTTP_CLIENT_HEADERS_CAME) {
        int result = receive(client, (size_t)client->config.buffer_size);
        if (result < 0) {
            defect_meets_error();
        }
        if (result == TRANSPORT_TIMEOUT) {
            ESP_LOGW(TAG, "Connection timed out before data was ready!");
            return -ESP_ERR_HTTP_EAGAIN;
        }
        if (result < 0) {
            return ESP_FAIL;
        }
        http_client_response_parse(client, (size_t)result);
    }
    client->state = HTTP_CLIENT_DATA;
    if (client->response.content_length <= 0) {
        client->response.is_chunked = true;
        return 0;
    }
    return client->response.content_length;
}

static int take_rest(http_client_rest_t *rest, char *buffer, int count)
{
    size_t left = rest->count - rest->offset;
    size_t part = left < (size_t)count ? left : (size_t)count;
    if (part == 0) {
        return 0;
    }
    memcpy(buffer, rest->bytes + rest->offset, part);
    rest->offset += part;
    if (rest->offset == rest->count) {
        drop_rest(rest);
    }
    return (int)part;
}

bool esp_http_client_is_complete_data_received(esp_http_client_handle_t client)
{
    const http_client_response_t *response = &client->response;
    return response->is_chunked ? response->is_complete
                                : response->received == response->content_length;
}

static bool has_more(const http_client_response_t *response)
{
    return response->is_chunked ? !response->is_complete
                                : response->received < response->content_length;
}

/* The connection has ended, or failed. A body without a length ends with it, but only an errno
 * says so: after a close_notify there is none, and the body counts as cut off (mended after
 * v5.3.2). */
static void log_end(esp_http_client_handle_t client, int result, int number)
{
    if (number != 0) {
        esp_log_level_t level = ESP_LOG_WARN;
        if (result == TRANSPORT_FIN && number == ENOTCONN && client->response.is_chunked) {
            http_client_response_parse(client, 0);
            level = ESP_LOG_DEBUG;
        }
        ESP_LOG_LEVEL(level, TAG, "esp_transport_read returned:%d and errno:%d ", result, number);
    }
    if (result != TRANSPORT_TIMEOUT && result != TRANSPORT_FIN) {
        esp_err_t error =
            result == TRANSPORT_FAILED ? ESP_ERR_TCP_TRANSPORT_CONNECTION_FAILED : ESP_FAIL;
        ESP_LOGE(TAG, "transport_read: error - %d | %s", error, esp_err_to_name(error));
    }
}

/* What a read returns that got `done` bytes before nothing more came. */
static int end_read(esp_http_client_handle_t client, int result, int done)
{
    int number = errno;
    log_end(client, result, number);
    if (result == TRANSPORT_FIN && has_defect(DEFECT_TRUSTS_TRUNCATION)) {
        client->response.content_length = client->response.received;
        client->response.is_complete = true;
    }
    if (result == TRANSPORT_TIMEOUT) {
        done = done > 0 ? done : -ESP_ERR_HTTP_EAGAIN;
    } else if (done == 0 && !esp_http_client_is_complete_data_received(client)) {
        http_client_dispatch(client, HTTP_EVENT_ERROR, &client->failure, 0);
        defect_meets_error();
        done = ESP_FAIL;
    }
    errno = number; /* applications log it */
    return done;
}

int esp_http_client_read(esp_http_client_handle_t client, char *buffer, int len)
{
    if (!client || !buffer || len < 0) {
        return ESP_FAIL;
    }
    http_client_response_t *response = &client->response;
    int done = take_rest(&response->rest, buffer, len);
    while (done < len && has_more(response)) {
        int part = len - done;
        if (part > client->config.buffer_size) {
            part = client->config.buffer_size;
        }
        errno = 0;
        int result = receive(client, (size_t)part);
        if (result <= 0) {
            return end_read(client, result, done);
        }
        response->output = buffer + done;
        http_client_response_parse(client, (size_t)result);
        done = (int)(response->output - buffer);
        response->output = NULL;
    }
    return done;
}
