#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "esp_log.h"
#include "esp_tls.h"
#include "tls_internal.h"

int tls_socket_poll(int socket, bool writes, int timeout_ms)
{
    struct pollfd waiting = {.fd = socket, .events = writes ? POLLOUT : POLLIN};
    int ready;
    do {
        ready = poll(&waiting, 1, timeout_ms);
    } while (ready < 0 && errno == EINTR);
    return ready;
}

/* Whether a name is of the domain localhost, which is this host's whatever the C library knows (RFC 6761 6.3). */
static bool is_local(const char *host)
{
    static const char domain[] = ".localhost";
    size_t length = strlen(host);
    return length >= sizeof(domain) && strcasecmp(host + length - strlen(domain), domain) == 0;
}

/* The address that lwIP would take: the first of IPv4, and only if there is none, the first of
 * IPv6. */
static esp_err_t resolve(const char *host, int port, struct sockaddr_storage *address,
                         socklen_t *length)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char service[12];
    snprintf(service, sizeof(service), "%d", port);
    int error = errno;
    int result = getaddrinfo(is_local(host) ? "localhost" : host, service, &hints, &found);
    errno = error; /* it may have tried files that are not there */
    if (result != 0 || !found) {
        ESP_LOGE(TLS_TAG, "couldn't get hostname for :%s: getaddrinfo() returns %d, addrinfo=%p",
                 host, result, (void *)found);
        return ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME;
    }
    const struct addrinfo *chosen = found;
    for (const struct addrinfo *each = found; each; each = each->ai_next) {
        if (each->ai_family == AF_INET) {
            chosen = each;
            break;
        }
    }
    memcpy(address, chosen->ai_addr, chosen->ai_addrlen);
    *length = chosen->ai_addrlen;
    freeaddrinfo(found);
    return ESP_OK;
}

static esp_err_t set_keep_alive(const transport_config_t *config, int socket)
{
    int on = 1;
    int idle = config->keep_alive_idle > 0 ? config->keep_alive_idle : 5;
    int interval = config->keep_alive_interval > 0 ? config->keep_alive_interval : 5;
    int count = config->keep_alive_count > 0 ? config->keep_alive_count : 3;
    if (setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) != 0 ||
        setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle)) != 0 ||
        setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval)) != 0 ||
        setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count)) != 0) {
        ESP_LOGE(TLS_TAG, "Fail to setsockopt SO_KEEPALIVE");
        return ESP_ERR_ESP_TLS_SOCKET_SETOPT_FAILED;
    }
    return ESP_OK;
}

static esp_err_t set_options(const transport_config_t *config, int socket)
{
    struct timeval timeout = {
        .tv_sec = config->timeout_ms / 1000,
        .tv_usec = config->timeout_ms % 1000 * 1000,
    };
    if (setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) != 0 ||
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) != 0) {
        ESP_LOGE(TLS_TAG, "Fail to setsockopt SO_RCVTIMEO/SO_SNDTIMEO");
        return ESP_ERR_ESP_TLS_SOCKET_SETOPT_FAILED;
    }
    return config->keep_alive ? set_keep_alive(config, socket) : ESP_OK;
}

static esp_err_t wait_until_connected(int socket, int timeout_ms)
{
    int ready = tls_socket_poll(socket, true, timeout_ms);
    if (ready < 0) {
        ESP_LOGE(TLS_TAG, "[sock=%d] select() error: %s", socket, strerror(errno));
        return ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST;
    }
    if (ready == 0) {
        ESP_LOGE(TLS_TAG, "[sock=%d] select() timeout", socket);
        return ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT;
    }
    int error = 0;
    socklen_t length = sizeof(error);
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) != 0) {
        ESP_LOGE(TLS_TAG, "[sock=%d] getsockopt() error: %s", socket, strerror(errno));
        return ESP_ERR_ESP_TLS_SOCKET_SETOPT_FAILED;
    }
    if (error != 0) {
        ESP_LOGE(TLS_TAG, "[sock=%d] delayed connect error: %s", socket, strerror(error));
        return ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST;
    }
    return ESP_OK;
}

static esp_err_t set_blocking(int socket, bool blocks)
{
    int flags = fcntl(socket, F_GETFL);
    if (flags < 0 ||
        fcntl(socket, F_SETFL, blocks ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) != 0) {
        ESP_LOGE(TLS_TAG, "[sock=%d] set blocking mode error: %s", socket, strerror(errno));
        return ESP_ERR_ESP_TLS_SOCKET_SETOPT_FAILED;
    }
    return ESP_OK;
}

static esp_err_t connect_in_time(int socket, const struct sockaddr_storage *address,
                                 socklen_t length, int timeout_ms)
{
    esp_err_t error = set_blocking(socket, false);
    if (error != ESP_OK) {
        return error;
    }
    if (connect(socket, (const struct sockaddr *)address, length) != 0) {
        if (errno != EINPROGRESS) {
            ESP_LOGE(TLS_TAG, "[sock=%d] connect() error: %s", socket, strerror(errno));
            return ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST;
        }
        error = wait_until_connected(socket, timeout_ms);
        if (error != ESP_OK) {
            return error;
        }
    }
    return set_blocking(socket, true);
}

esp_err_t tls_socket_connect(const transport_config_t *config, int *connected)
{
    struct sockaddr_storage address;
    socklen_t length = 0;
    esp_err_t error = resolve(config->host, config->port, &address, &length);
    if (error != ESP_OK) {
        return error;
    }
    int made = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    if (made < 0) {
        ESP_LOGE(TLS_TAG, "Failed to create socket (family %d socktype %d protocol %d)",
                 address.ss_family, SOCK_STREAM, IPPROTO_TCP);
        return ESP_ERR_ESP_TLS_CANNOT_CREATE_SOCKET;
    }
    error = set_options(config, made);
    if (error == ESP_OK) {
        error = connect_in_time(made, &address, length, config->timeout_ms);
    }
    if (error != ESP_OK) {
        close(made);
        return error;
    }
    *connected = made;
    return ESP_OK;
}
