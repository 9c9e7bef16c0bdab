/* A client connection over TCP, with or without TLS, as esp-tls and tcp_transport of ESP-IDF
 * v5.3.2 behave: their time-outs and the lack of them, their log lines, and the error numbers of
 * Mbed TLS 3.6 whatever version is linked. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "esp_err.h"
#include "esp_tls.h"

typedef struct transport transport_t;

typedef struct {
    const char *host;
    int port;
    bool is_tls;
    int timeout_ms;             /* of the connect, each receive and each poll; not of the whole */
    bool keep_alive;            /* TCP keep-alive */
    int keep_alive_idle;        /* seconds; 0: 5 */
    int keep_alive_interval;    /* seconds; 0: 5 */
    int keep_alive_count;       /* probes; 0: 3 */
    const char *ca_pem;         /* NULL: none; not looked at with a bundle */
    size_t ca_pem_size;         /* with the zero byte */
    const char *bundle_pem;     /* roots of the certificate bundle, NULL: no bundle */
    bool skips_name_check;      /* then no SNI either */
    const char *common_name;    /* checked, and sent as SNI, instead of the host if not NULL */
} transport_config_t;

/* NULL: not connected; *failure says why (0x8001 DNS, 0x8004 connect, 0x8006 timeout, 0x801A
 * handshake ...), and the log says what ESP-IDF's does. */
transport_t *transport_connect(const transport_config_t *config, esp_tls_last_error_t *failure);

/* > 0: so many bytes came. TRANSPORT_TIMEOUT: none within the timeout. TRANSPORT_FIN: the peer
 * has closed; errno is ENOTCONN if it closed TCP, and is left alone if it only sent
 * close_notify. Else an error: TRANSPORT_FAILED, or a number of Mbed TLS 3.6. */
int transport_read(transport_t *transport, char *to, size_t count, int timeout_ms);
/* How many bytes were written, at least one, or as above. */
int transport_write(transport_t *transport, const char *from, size_t count, int timeout_ms);
void transport_close(transport_t *transport);

/* esp_tcp_transport_err_t's values. */
#define TRANSPORT_TIMEOUT 0
#define TRANSPORT_FIN -1
#define TRANSPORT_FAILED -2

/* What esp_transport_translate_error makes of TRANSPORT_FAILED (ESP-IDF Programming Guide,
 * "Error Codes Reference"). */
#define ESP_ERR_TCP_TRANSPORT_CONNECTION_FAILED 0xE003
