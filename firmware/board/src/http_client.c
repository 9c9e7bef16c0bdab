#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "esp_log.h"
#include "http_client_internal.h"

#define TAG HTTP_CLIENT_TAG
#define DEFAULT_USER_AGENT "ESP32 HTTP Client/1.0"
#define DEFAULT_TIMEOUT_MS 5000
#define DEFAULT_MAX_REDIRECT 10
#define DEFAULT_MAX_AUTHORIZATION 10

void http_client_dispatch(esp_http_client_handle_t client, esp_http_client_event_id_t id,
                          void *data, int count)
{
    if (!client->config.event_handler) {
        return;
    }
    esp_http_client_event_t event = {
        .event_id = id,
        .client = client,
        .data = data,
        .data_len = count,
        .user_data = client->config.user_data,
        .header_key = client->response.key,
        .header_value = client->response.value,
    };
    client->config.event_handler(&event);
}

bool http_client_is_tls(const struct esp_http_client *client)
{
    return client->scheme && strcasecmp(client->scheme, "https") == 0;
}

static void set_defaults(esp_http_client_config_t *config)
{
    if (config->timeout_ms == 0) {
        config->timeout_ms = DEFAULT_TIMEOUT_MS;
    }
    if (config->max_redirection_count == 0) {
        config->max_redirection_count = DEFAULT_MAX_REDIRECT;
    }
    if (config->max_authorization_retries == 0) {
        config->max_authorization_retries = DEFAULT_MAX_AUTHORIZATION;
    } else if (config->max_authorization_retries == -1) {
        config->max_authorization_retries = 0;
    }
    if (config->buffer_size <= 0) {
        config->buffer_size = DEFAULT_HTTP_BUF_SIZE;
    }
    if (config->buffer_size_tx <= 0) {
        config->buffer_size_tx = DEFAULT_HTTP_BUF_SIZE;
    }
}

static bool copy(char **string, const char *from)
{
    return http_client_assign(string, from, from ? strlen(from) : 0);
}

/* From host, port, path and query, for a configuration without a URL. */
static esp_err_t take_parts(esp_http_client_handle_t client)
{
    const esp_http_client_config_t *config = &client->config;
    bool is_tls = config->transport_type == HTTP_TRANSPORT_OVER_SSL;
    client->port = config->port ? config->port : is_tls ? 443 : 80;
    bool is_taken = copy(&client->host, config->host) &&
                    copy(&client->path, config->path ? config->path : "/") &&
                    copy(&client->query, config->query) &&
                    copy(&client->scheme, is_tls ? "https" : "http");
    return is_taken ? ESP_OK : ESP_ERR_NO_MEM;
}

static esp_err_t take_target(esp_http_client_handle_t client)
{
    const esp_http_client_config_t *config = &client->config;
    if (!config->url && (!config->host || !config->path)) {
        ESP_LOGE(TAG, "config should have either URL or host & path");
        return ESP_ERR_INVALID_ARG;
    }
    return config->url ? esp_http_client_set_url(client, config->url) : take_parts(client);
}

static esp_err_t set_first_headers(esp_http_client_handle_t client)
{
    const char *agent = client->config.user_agent;
    esp_err_t error =
        esp_http_client_set_header(client, "User-Agent", agent ? agent : DEFAULT_USER_AGENT);
    if (error != ESP_OK) {
        return error;
    }
    if (client->port == 80 || client->port == 443) {
        return esp_http_client_set_header(client, "Host", client->host);
    }
    char *host = NULL;
    if (asprintf(&host, "%s:%d", client->host, client->port) < 0) {
        return ESP_ERR_NO_MEM;
    }
    error = esp_http_client_set_header(client, "Host", host);
    free(host);
    return error;
}

/* What ESP-IDF's client can do and this one cannot; nothing of it is left out in silence. */
static esp_err_t check_limits(const esp_http_client_config_t *config)
{
    const char *what = config->is_async ? "is_async"
                       : config->client_cert_pem || config->client_key_pem || config->ds_data
                           ? "a client certificate"
                       : config->tls_version == ESP_HTTP_CLIENT_TLS_VER_TLS_1_3 ? "TLS 1.3"
                                                                                : NULL;
    if (what) {
        ESP_LOGE(TAG, "The virtual board cannot do %s", what);
    }
    return what ? ESP_ERR_NOT_SUPPORTED : ESP_OK;
}

static esp_err_t prepare(esp_http_client_handle_t client)
{
    if (check_limits(&client->config) != ESP_OK) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    set_defaults(&client->config);
    client->response.keeps_rest = true;
    client->response.status = -1;
    client->buffer = malloc((size_t)client->config.buffer_size);
    if (!client->buffer || !copy(&client->username, client->config.username) ||
        !copy(&client->password, client->config.password)) {
        return ESP_ERR_NO_MEM;
    }
    esp_err_t error = take_target(client);
    return error == ESP_OK ? set_first_headers(client) : error;
}

static void free_client(esp_http_client_handle_t client)
{
    http_client_response_free(&client->response);
    http_client_headers_free(&client->headers);
    free(client->scheme);
    free(client->host);
    free(client->path);
    free(client->query);
    free(client->username);
    free(client->password);
    free(client->buffer);
    free(client);
}

esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t *config)
{
    esp_http_client_handle_t client = config ? calloc(1, sizeof(*client)) : NULL;
    if (!client) {
        ESP_LOGE(TAG, "Error allocate memory");
        return NULL;
    }
    client->config = *config;
    if (prepare(client) != ESP_OK) {
        free_client(client);
        return NULL;
    }
    client->state = HTTP_CLIENT_INIT;
    return client;
}

esp_err_t esp_http_client_close(esp_http_client_handle_t client)
{
    if (!client) {
        return ESP_FAIL;
    }
    if (client->state < HTTP_CLIENT_INIT) {
        return ESP_OK;
    }
    http_client_dispatch(client, HTTP_EVENT_DISCONNECTED, &client->failure, 0);
    client->state = HTTP_CLIENT_INIT;
    transport_close(client->transport);
    client->transport = NULL;
    return ESP_OK;
}

esp_err_t esp_http_client_cleanup(esp_http_client_handle_t client)
{
    if (!client) {
        return ESP_FAIL;
    }
    esp_http_client_close(client);
    free_client(client);
    return ESP_OK;
}
