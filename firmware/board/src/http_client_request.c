#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/board.h"
#include "board/defect.h"
#include "esp_crt_bundle.h"
#include "esp_log.h"
#include "http_client_internal.h"

#define TAG HTTP_CLIENT_TAG

static const char *const methods[] = {
    "GET",         "POST",    "PUT",  "PATCH", "DELETE", "HEAD",   "NOTIFY",   "SUBSCRIBE",
    "UNSUBSCRIBE", "OPTIONS", "COPY", "MOVE",  "LOCK",   "UNLOCK", "PROPFIND", "PROPPATCH",
    "MKCOL",
};

/* A bundle goes before cert_pem. One that the application attaches by a function of its own
 * cannot be seen into; the board's is taken. */
static transport_config_t transport_config(const struct esp_http_client *client)
{
    const esp_http_client_config_t *config = &client->config;
    bool has_bundle =
        config->crt_bundle_attach && config->crt_bundle_attach(NULL) == ESP_OK;
    return (transport_config_t){
        .host = client->host,
        .port = client->port,
        .is_tls = http_client_is_tls(client),
        .timeout_ms = config->timeout_ms,
        .keep_alive = config->keep_alive_enable,
        .keep_alive_idle = config->keep_alive_idle,
        .keep_alive_interval = config->keep_alive_interval,
        .keep_alive_count = config->keep_alive_count,
        .ca_pem = config->cert_pem,
        .ca_pem_size = config->cert_len    ? config->cert_len
                       : config->cert_pem ? strlen(config->cert_pem) + 1
                                          : 0,
        .bundle_pem = has_bundle                  ? board.ca_bundle_pem
                      : config->crt_bundle_attach ? "" /* trusts nothing */
                                                  : NULL,
        .skips_name_check = config->skip_cert_common_name_check,
        .common_name = config->common_name,
    };
}

esp_err_t http_client_connect(esp_http_client_handle_t client)
{
    client->is_again = false;
    http_client_response_begin(client);
    http_client_set_authorization(client);
    if (client->state >= HTTP_CLIENT_CONNECTED) {
        return ESP_OK; /* whether or not the connection is still alive */
    }
    if (strcasecmp(client->scheme, "http") != 0 && strcasecmp(client->scheme, "https") != 0) {
        ESP_LOGE(TAG, "No transport found");
        return ESP_ERR_HTTP_INVALID_TRANSPORT;
    }
    transport_config_t config = transport_config(client);
    client->transport = transport_connect(&config, &client->failure);
    if (!client->transport) {
        client->error_number = errno;
        ESP_LOGE(TAG, "Connection failed, sock < 0");
        defect_meets_error();
        return ESP_ERR_HTTP_CONNECT;
    }
    client->state = HTTP_CLIENT_CONNECTED;
    http_client_dispatch(client, HTTP_EVENT_ON_CONNECTED, NULL, 0);
    return ESP_OK;
}

static esp_err_t set_length(esp_http_client_handle_t client)
{
    if (client->write_length < 0) {
        esp_http_client_delete_header(client, "Content-Length");
        return esp_http_client_set_header(client, "Transfer-Encoding", "chunked");
    }
    char length[12];
    snprintf(length, sizeof(length), "%d", client->write_length);
    return esp_http_client_set_header(client, "Content-Length", length);
}

static int write_all(esp_http_client_handle_t client, const char *from, size_t count)
{
    size_t done = 0;
    while (done < count) {
        int result = transport_write(client->transport, from + done, count - done,
                                     client->config.timeout_ms);
        if (result <= 0) {
            client->error_number = errno;
            return result;
        }
        done += (size_t)result;
    }
    return (int)done;
}

/* The head is written as the buffer fills: a line that does not fit alone cannot be sent. */
typedef struct {
    esp_http_client_handle_t client;
    char *bytes;
    size_t count;
} head_t;

static esp_err_t flush_head(head_t *head)
{
    if (head->count > 0 && write_all(head->client, head->bytes, head->count) <= 0) {
        ESP_LOGE(TAG, "Error write request");
        return ESP_ERR_HTTP_WRITE_DATA;
    }
    head->count = 0;
    return ESP_OK;
}

static esp_err_t put_line(head_t *head, const char *line)
{
    size_t limit = (size_t)head->client->config.buffer_size_tx;
    size_t length = strlen(line);
    if (length >= limit) {
        ESP_LOGE("HTTP_HEADER", "Buffer length is small to fit all the headers");
        return ESP_ERR_HTTP_WRITE_DATA;
    }
    if (head->count + length >= limit) {
        esp_err_t error = flush_head(head);
        if (error != ESP_OK) {
            return error;
        }
    }
    memcpy(head->bytes + head->count, line, length);
    head->count += length;
    return ESP_OK;
}

static esp_err_t put_first_line(head_t *head)
{
    const struct esp_http_client *client = head->client;
    const char *mark = client->query ? "?" : "";
    const char *query = client->query ? client->query : "";
    int length = snprintf(head->bytes, (size_t)client->config.buffer_size_tx,
                          "%s %s%s%s HTTP/1.1\r\n", methods[client->config.method], client->path,
                          mark, query);
    if (length < 0 || length >= client->config.buffer_size_tx) {
        ESP_LOGE(TAG, "Out of buffer");
        return ESP_ERR_HTTP_WRITE_DATA;
    }
    head->count = (size_t)length;
    return ESP_OK;
}

static esp_err_t put_headers(head_t *head)
{
    for (const http_client_header_t *each = head->client->headers; each; each = each->next) {
        char *line = NULL;
        if (asprintf(&line, "%s: %s\r\n", each->key, each->value) < 0) {
            return ESP_ERR_NO_MEM;
        }
        esp_err_t error = put_line(head, line);
        free(line);
        if (error != ESP_OK) {
            return error;
        }
    }
    return put_line(head, "\r\n");
}

esp_err_t http_client_send_request(esp_http_client_handle_t client)
{
    esp_err_t error = set_length(client);
    if (error != ESP_OK) {
        return error;
    }
    head_t head = {.client = client, .bytes = malloc((size_t)client->config.buffer_size_tx)};
    if (!head.bytes) {
        return ESP_ERR_NO_MEM;
    }
    error = put_first_line(&head);
    if (error == ESP_OK) {
        error = put_headers(&head);
    }
    if (error == ESP_OK) {
        error = flush_head(&head);
    }
    free(head.bytes);
    if (error != ESP_OK) {
        esp_http_client_close(client);
        return error;
    }
    client->state = HTTP_CLIENT_HEADERS_SENT;
    http_client_dispatch(client, HTTP_EVENT_HEADERS_SENT, NULL, 0);
    return ESP_OK;
}

esp_err_t esp_http_client_open(esp_http_client_handle_t client, int write_len)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    client->write_length = write_len;
    esp_err_t error = http_client_connect(client);
    if (error == ESP_OK) {
        error = http_client_send_request(client);
    }
    if (error != ESP_OK) {
        http_client_dispatch(client, HTTP_EVENT_ERROR, &client->failure, 0);
    }
    return error;
}

int esp_http_client_write(esp_http_client_handle_t client, const char *buffer, int len)
{
    if (!client || client->state < HTTP_CLIENT_HEADERS_SENT || !client->transport) {
        return ESP_FAIL;
    }
    return len > 0 ? write_all(client, buffer, (size_t)len) : 0;
}
