#define _GNU_SOURCE
#include <errno.h>

#include "esp_log.h"
#include "http_client_internal.h"

#define TAG HTTP_CLIENT_TAG

esp_err_t esp_http_client_set_redirection(esp_http_client_handle_t client)
{
    if (!client || !client->response.location) {
        return ESP_ERR_INVALID_ARG;
    }
    return esp_http_client_set_url(client, client->response.location);
}

/* The limit holds for whatever is no success, and for perform only. */
static esp_err_t check_response(esp_http_client_handle_t client)
{
    int status = client->response.status;
    if (status >= 200 && status < 300) {
        return ESP_OK;
    }
    if (client->redirections >= client->config.max_redirection_count) {
        ESP_LOGE(TAG, "Error, reach max_redirection_count count=%d", client->redirections);
        return ESP_ERR_HTTP_MAX_REDIRECT;
    }
    switch (status) {
    case HttpStatus_MovedPermanently:
    case HttpStatus_Found:
    case HttpStatus_SeeOther:
    case HttpStatus_TemporaryRedirect:
    case HttpStatus_PermanentRedirect:
        client->redirections++;
        client->is_again = true;
        if (!client->config.disable_auto_redirect) {
            return esp_http_client_set_redirection(client);
        }
        /* The handler may call esp_http_client_set_redirection. */
        http_client_dispatch(client, HTTP_EVENT_REDIRECT, NULL, 0);
        return ESP_OK;
    case HttpStatus_Unauthorized:
        esp_http_client_add_auth(client);
        return ESP_OK;
    default:
        return ESP_OK;
    }
}

static esp_err_t send_post_data(esp_http_client_handle_t client)
{
    int sent = 0;
    while (client->post_data && sent < client->post_length) {
        int result = esp_http_client_write(client, client->post_data + sent,
                                           client->post_length - sent);
        if (result <= 0) {
            return ESP_ERR_HTTP_WRITE_DATA;
        }
        sent += result;
    }
    return ESP_OK;
}

static esp_err_t fetch(esp_http_client_handle_t client)
{
    client->response.keeps_rest = false; /* the body goes to the event handler alone */
    errno = 0;
    int64_t result = esp_http_client_fetch_headers(client);
    client->response.keeps_rest = true;
    if (result >= 0) {
        return ESP_OK;
    }
    if (result == -ESP_ERR_HTTP_EAGAIN) {
        return ESP_ERR_HTTP_EAGAIN;
    }
    if (client->error_number == ENOTCONN) {
        ESP_LOGW(TAG, "Close connection due to FIN received");
        esp_http_client_close(client);
        return ESP_ERR_HTTP_CONNECTION_CLOSED;
    }
    return ESP_ERR_HTTP_FETCH_HEADER;
}

/* A body that ends early is no error here. */
static void receive_body(esp_http_client_handle_t client)
{
    const http_client_response_t *response = &client->response;
    while (response->is_chunked && !response->is_complete) {
        if (http_client_receive(client) <= 0) {
            break;
        }
    }
    while (response->received < response->content_length) {
        if (http_client_receive(client) <= 0) {
            break;
        }
    }
    http_client_dispatch(client, HTTP_EVENT_ON_FINISH, NULL, 0);
    if (!http_should_keep_alive(&response->parser)) {
        esp_http_client_close(client);
    } else if (client->state > HTTP_CLIENT_CONNECTED) {
        client->state = HTTP_CLIENT_CONNECTED;
    }
}

static esp_err_t perform_once(esp_http_client_handle_t client)
{
    client->write_length = client->post_length;
    esp_err_t error = http_client_connect(client);
    if (error == ESP_OK) {
        error = http_client_send_request(client);
    }
    if (error == ESP_OK) {
        error = send_post_data(client);
    }
    if (error == ESP_OK) {
        error = fetch(client);
    }
    if (error != ESP_OK) {
        http_client_dispatch(client, HTTP_EVENT_ERROR, &client->failure, 0);
        return error;
    }
    error = check_response(client);
    if (error == ESP_OK && client->state == HTTP_CLIENT_DATA) {
        receive_body(client);
    }
    return error;
}

esp_err_t esp_http_client_perform(esp_http_client_handle_t client)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    esp_err_t error;
    do {
        error = perform_once(client);
    } while (error == ESP_OK && client->is_again);
    return error;
}

esp_err_t esp_http_client_flush_response(esp_http_client_handle_t client, int *len)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    int flushed = 0;
    esp_err_t error = ESP_OK;
    while (!esp_http_client_is_complete_data_received(client)) {
        int result = http_client_receive(client);
        if (result <= 0) {
            error = ESP_FAIL;
            break;
        }
        flushed += result;
    }
    if (len) {
        *len = flushed;
    }
    return error;
}

int esp_http_client_read_response(esp_http_client_handle_t client, char *buffer, int len)
{
    int done = 0;
    while (done < len) {
        int result = esp_http_client_read(client, buffer + done, len - done);
        if (result <= 0) {
            break;
        }
        done += result;
    }
    return done;
}
