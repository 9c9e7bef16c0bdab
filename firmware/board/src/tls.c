#define _GNU_SOURCE
#include "board/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "esp_log.h"
#include "esp_tls.h"
#include "tls_internal.h"

#define TAG "transport_base"

struct transport {
    int socket;
    tls_session_t *session; /* NULL: plain TCP */
};

esp_err_t esp_tls_get_and_clear_last_error(esp_tls_error_handle_t handle, int *code, int *flags)
{
    if (!handle) {
        return ESP_ERR_INVALID_STATE;
    }
    esp_tls_last_error_t last = *handle;
    if (code) {
        *code = last.esp_tls_error_code;
    }
    if (flags) {
        *flags = last.esp_tls_flags;
    }
    *handle = (esp_tls_last_error_t){0};
    return last.last_error;
}

static esp_err_t open_session(transport_t *transport, const transport_config_t *config,
                              esp_tls_last_error_t *failure)
{
    transport->session = tls_session_open(config, transport->socket, failure);
    if (!transport->session) {
        close(transport->socket);
    }
    return failure->last_error;
}

static esp_err_t open_transport(transport_t *transport, const transport_config_t *config,
                                esp_tls_last_error_t *failure)
{
    esp_err_t error = tls_socket_connect(config, &transport->socket);
    failure->last_error = error;
    if (!config->is_tls) {
        if (error != ESP_OK) {
            ESP_LOGE(TAG, "Failed to open a new connection: %d", error);
        }
        return error;
    }
    if (error != ESP_OK) {
        ESP_LOGE(TLS_TAG, "Failed to open new connection");
    } else {
        error = open_session(transport, config, failure);
    }
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "Failed to open a new connection");
    }
    return error;
}

transport_t *transport_connect(const transport_config_t *config, esp_tls_last_error_t *failure)
{
    *failure = (esp_tls_last_error_t){0};
    transport_t *transport = calloc(1, sizeof(*transport));
    if (!transport) {
        failure->last_error = ESP_ERR_NO_MEM;
        return NULL;
    }
    if (open_transport(transport, config, failure) != ESP_OK) {
        free(transport);
        return NULL;
    }
    return transport;
}

static int read_tls(transport_t *transport, char *to, size_t count)
{
    int result = tls_session_read(transport->session, (unsigned char *)to, count);
    if (result < 0) {
        ESP_LOGE(TAG, "esp_tls_conn_read error, errno=%s", strerror(errno));
        return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_TIMEOUT
                   ? TRANSPORT_TIMEOUT
                   : result;
    }
    return result == 0 ? TRANSPORT_FIN : result;
}

static int read_plain(transport_t *transport, char *to, size_t count)
{
    ssize_t result = recv(transport->socket, to, count, 0);
    if (result < 0) {
        ESP_LOGE(TAG, "tcp_read error, errno=%s", strerror(errno));
        return errno == EAGAIN || errno == EWOULDBLOCK ? TRANSPORT_TIMEOUT : TRANSPORT_FAILED;
    }
    if (result == 0) {
        errno = ENOTCONN; /* as lwIP has it */
        return TRANSPORT_FIN;
    }
    return (int)result;
}

int transport_read(transport_t *transport, char *to, size_t count, int timeout_ms)
{
    if (!transport->session || tls_session_available(transport->session) == 0) {
        int ready = tls_socket_poll(transport->socket, false, timeout_ms);
        if (ready <= 0) {
            return ready < 0 ? TRANSPORT_FAILED : TRANSPORT_TIMEOUT;
        }
    }
    return transport->session ? read_tls(transport, to, count) : read_plain(transport, to, count);
}

static int write_plain(transport_t *transport, const char *from, size_t count)
{
    ssize_t result = send(transport->socket, from, count, MSG_NOSIGNAL);
    if (result < 0) {
        ESP_LOGE(TAG, "tcp_write error, errno=%s", strerror(errno));
    }
    return (int)result;
}

int transport_write(transport_t *transport, const char *from, size_t count, int timeout_ms)
{
    int ready = tls_socket_poll(transport->socket, true, timeout_ms);
    if (ready <= 0) {
        ESP_LOGW(TAG, "Poll timeout or error, errno=%s, fd=%d, timeout_ms=%d", strerror(errno),
                 transport->socket, timeout_ms);
        return ready;
    }
    if (!transport->session) {
        return write_plain(transport, from, count);
    }
    int result = tls_session_write(transport->session, (const unsigned char *)from, count);
    if (result < 0) {
        ESP_LOGE(TAG, "esp_tls_conn_write error, errno=%s", strerror(errno));
    }
    return result;
}

void transport_close(transport_t *transport)
{
    if (!transport) {
        return;
    }
    if (transport->session) {
        tls_session_close(transport->session);
    }
    close(transport->socket);
    free(transport);
}
