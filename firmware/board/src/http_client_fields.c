#define _GNU_SOURCE
#include <string.h>

#include "http_client_internal.h"
#include "board/defect.h"

/* What applications ask of a client and set in it. */

bool esp_http_client_is_chunked_response(esp_http_client_handle_t client)
{
    return client->response.is_chunked;
}

int esp_http_client_get_status_code(esp_http_client_handle_t client)
{
    return has_defect(DEFECT_IGNORES_STATUS) ? 200 : client->response.status;
}

int64_t esp_http_client_get_content_length(esp_http_client_handle_t client)
{
    return client->response.content_length;
}

esp_err_t esp_http_client_get_chunk_length(esp_http_client_handle_t client, int *len)
{
    if (!client || !len) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!client->response.is_chunked) {
        return ESP_FAIL;
    }
    *len = client->response.chunk_length;
    return ESP_OK;
}

esp_http_client_transport_t esp_http_client_get_transport_type(esp_http_client_handle_t client)
{
    if (!client->scheme) {
        return HTTP_TRANSPORT_UNKNOWN;
    }
    return http_client_is_tls(client) ? HTTP_TRANSPORT_OVER_SSL : HTTP_TRANSPORT_OVER_TCP;
}

int esp_http_client_get_errno(esp_http_client_handle_t client)
{
    return client ? client->error_number : -1;
}

esp_err_t esp_http_client_set_header(esp_http_client_handle_t client, const char *key,
                                     const char *value)
{
    return client && key ? http_client_header_set(&client->headers, key, value)
                         : ESP_ERR_INVALID_ARG;
}

esp_err_t esp_http_client_get_header(esp_http_client_handle_t client, const char *key,
                                     char **value)
{
    if (!client || !key || !value) {
        return ESP_ERR_INVALID_ARG;
    }
    *value = http_client_header_get(client->headers, key);
    return ESP_OK;
}

esp_err_t esp_http_client_delete_header(esp_http_client_handle_t client, const char *key)
{
    if (!client || !key) {
        return ESP_ERR_INVALID_ARG;
    }
    http_client_header_delete(&client->headers, key);
    return ESP_OK;
}

esp_err_t esp_http_client_set_method(esp_http_client_handle_t client,
                                     esp_http_client_method_t method)
{
    if (!client || method < HTTP_METHOD_GET || method >= HTTP_METHOD_MAX) {
        return ESP_ERR_INVALID_ARG;
    }
    client->config.method = method;
    return ESP_OK;
}

esp_err_t esp_http_client_set_timeout_ms(esp_http_client_handle_t client, int timeout_ms)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    client->config.timeout_ms = timeout_ms;
    return ESP_OK;
}

/* Posts without a type are forms. */
esp_err_t esp_http_client_set_post_field(esp_http_client_handle_t client, const char *data,
                                         int len)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    client->post_data = (char *)data;
    client->post_length = data ? len : 0;
    if (!data) {
        http_client_header_delete(&client->headers, "Content-Type");
        return ESP_OK;
    }
    if (http_client_header_get(client->headers, "Content-Type")) {
        return ESP_OK;
    }
    return http_client_header_set(&client->headers, "Content-Type",
                                  "application/x-www-form-urlencoded");
}

int esp_http_client_get_post_field(esp_http_client_handle_t client, char **data)
{
    if (!client->post_data) {
        return 0;
    }
    *data = client->post_data;
    return client->post_length;
}

esp_err_t esp_http_client_set_user_data(esp_http_client_handle_t client, void *data)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    client->config.user_data = data;
    return ESP_OK;
}

esp_err_t esp_http_client_get_user_data(esp_http_client_handle_t client, void **data)
{
    if (!client || !data) {
        return ESP_ERR_INVALID_ARG;
    }
    *data = client->config.user_data;
    return ESP_OK;
}

static esp_err_t set_string(char **string, const char *value)
{
    return http_client_assign(string, value, value ? strlen(value) : 0) ? ESP_OK : ESP_ERR_NO_MEM;
}

esp_err_t esp_http_client_set_username(esp_http_client_handle_t client, const char *username)
{
    return client ? set_string(&client->username, username) : ESP_ERR_INVALID_ARG;
}

esp_err_t esp_http_client_get_username(esp_http_client_handle_t client, char **value)
{
    if (!client || !value) {
        return ESP_ERR_INVALID_ARG;
    }
    *value = client->username;
    return ESP_OK;
}

esp_err_t esp_http_client_set_password(esp_http_client_handle_t client, const char *password)
{
    return client ? set_string(&client->password, password) : ESP_ERR_INVALID_ARG;
}

esp_err_t esp_http_client_get_password(esp_http_client_handle_t client, char **value)
{
    if (!client || !value) {
        return ESP_ERR_INVALID_ARG;
    }
    *value = client->password;
    return ESP_OK;
}

esp_err_t esp_http_client_set_authtype(esp_http_client_handle_t client,
                                       esp_http_client_auth_type_t auth_type)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    client->config.auth_type = auth_type;
    return ESP_OK;
}

esp_err_t esp_http_client_reset_redirect_counter(esp_http_client_handle_t client)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    client->redirections = 0;
    return ESP_OK;
}
