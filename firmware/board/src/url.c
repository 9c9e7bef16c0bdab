#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "esp_log.h"
#include "http_client_internal.h"

#define TAG HTTP_CLIENT_TAG

/* The parts of a URL in its text. */
typedef struct {
    const char *text;
    struct http_parser_url parts;
} url_t;

static size_t length_of(const url_t *url, enum http_parser_url_fields field)
{
    return url->parts.field_data[field].len;
}

static const char *start_of(const url_t *url, enum http_parser_url_fields field)
{
    return url->text + url->parts.field_data[field].off;
}

static bool take(char **string, const url_t *url, enum http_parser_url_fields field)
{
    return http_client_assign(string, start_of(url, field), length_of(url, field));
}

/* Another host: its name goes into the Host field with no port, and the connection ends. Only
 * the port differs: Host stays as it is. */
static esp_err_t take_host(esp_http_client_handle_t client, const url_t *url)
{
    char *old = client->host;
    client->host = NULL;
    if (length_of(url, UF_HOST) == 0) {
        client->host = old;
        if (!old) {
            ESP_LOGE(TAG, "invalid host");
        }
        return old ? ESP_OK : ESP_ERR_INVALID_ARG;
    }
    bool is_taken = take(&client->host, url, UF_HOST);
    bool is_other = is_taken && old && strcasecmp(old, client->host) != 0;
    free(old);
    if (!is_taken) {
        return ESP_ERR_NO_MEM;
    }
    if (!is_other) {
        return ESP_OK;
    }
    esp_err_t error = esp_http_client_set_header(client, "Host", client->host);
    esp_http_client_close(client);
    return error;
}

/* Only another port ends the connection: another scheme on the same port goes on with what there
 * is. */
static esp_err_t take_scheme_and_port(esp_http_client_handle_t client, const url_t *url)
{
    int old = client->port;
    if (length_of(url, UF_SCHEMA) > 0) {
        if (!take(&client->scheme, url, UF_SCHEMA)) {
            return ESP_ERR_NO_MEM;
        }
        if (strcasecmp(client->scheme, "http") == 0) {
            client->port = 80;
        } else if (strcasecmp(client->scheme, "https") == 0) {
            client->port = 443;
        }
    }
    if (length_of(url, UF_PORT) > 0) {
        client->port = url->parts.port;
    }
    if (client->port != old) {
        esp_http_client_close(client);
    }
    return ESP_OK;
}

static esp_err_t take_user(esp_http_client_handle_t client, const url_t *url)
{
    size_t length = length_of(url, UF_USERINFO);
    if (length == 0) {
        return ESP_OK;
    }
    const char *start = start_of(url, UF_USERINFO);
    const char *colon = memchr(start, ':', length);
    size_t name = colon ? (size_t)(colon - start) : length;
    if (!http_client_assign(&client->username, start, name)) {
        return ESP_ERR_NO_MEM;
    }
    if (colon && !http_client_assign(&client->password, colon + 1, length - name - 1)) {
        return ESP_ERR_NO_MEM;
    }
    return ESP_OK;
}

static esp_err_t take_path(esp_http_client_handle_t client, const url_t *url)
{
    bool has_path = length_of(url, UF_PATH) > 0;
    bool is_taken = has_path ? take(&client->path, url, UF_PATH)
                             : http_client_assign(&client->path, "/", 1);
    if (is_taken) {
        is_taken = length_of(url, UF_QUERY) > 0 ? take(&client->query, url, UF_QUERY)
                                                : http_client_assign(&client->query, NULL, 0);
    }
    return is_taken ? ESP_OK : ESP_ERR_NO_MEM;
}

esp_err_t esp_http_client_set_url(esp_http_client_handle_t client, const char *text)
{
    if (!client || !text) {
        return ESP_ERR_INVALID_ARG;
    }
    url_t url = {.text = text};
    http_parser_url_init(&url.parts);
    if (http_parser_parse_url(text, strlen(text), 0, &url.parts) != 0) {
        ESP_LOGE(TAG, "Error parse url %s", text);
        return ESP_ERR_INVALID_ARG;
    }
    esp_err_t error = take_host(client, &url);
    if (error == ESP_OK) {
        error = take_scheme_and_port(client, &url);
    }
    if (error == ESP_OK) {
        error = take_user(client, &url);
    }
    return error == ESP_OK ? take_path(client, &url) : error;
}

esp_err_t esp_http_client_get_url(esp_http_client_handle_t client, char *url, const int len)
{
    if (!client || !url || len <= 0) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!client->host || !client->scheme || !client->path) {
        return ESP_FAIL;
    }
    snprintf(url, (size_t)len, "%s://%s%s", client->scheme, client->host, client->path);
    return ESP_OK;
}
