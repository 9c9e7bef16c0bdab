/* A TLS client connection over TCP, with Mbed TLS, as esp-tls of ESP-IDF v5.3.2 behaves: its time-outs and
 * the lack of them, its log lines, and the error numbers of Mbed TLS 3.6 whatever version is linked. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "esp_err.h"

typedef struct transport transport_t;

typedef struct {
    const char *host;
    int port;
    bool is_tls;
    int timeout_ms;             /* of the connect, of each receive and each poll; no deadline for the whole */
    bool keep_alive;            /* TCP keep-alive: idle 5 s, interval 5 s, 3 probes */
    const char *ca_pem;         /* NULL with a bundle */
    size_t ca_pem_size;         /* with the zero byte */
    const char *bundle_pem;     /* roots of the bundle, NULL without */
    bool skips_name_check;      /* then no SNI either */
    const char *common_name;    /* checked instead of the host if not NULL */
} transport_config_t;

/* NULL: not connected; *error is esp-tls's number (0x8001 DNS, 0x8004 connect, 0x8006 timeout, 0x801A
 * handshake ...), and the log says what ESP-IDF's does. */
transport_t *transport_connect(const transport_config_t *config, esp_err_t *error);
/* > 0: bytes. 0: nothing within the timeout. -1: error or end; errno is ENOTCONN at a FIN. The real
 * client's distinctions (ERR_TCP_TRANSPORT_*): see the definitions. */
int transport_read(transport_t *transport, char *to, size_t count, int timeout_ms);
int transport_write(transport_t *transport, const char *from, size_t count, int timeout_ms);
void transport_close(transport_t *transport);

#define TRANSPORT_TIMEOUT 0
#define TRANSPORT_FAILED -1
#define TRANSPORT_FIN -2 /* the peer has closed; errno is ENOTCONN */
