/* What ESP-IDF's examples share: a connection in one call, and a console to read from. */
#pragma once

#include "esp_err.h"
#include "esp_netif.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EXAMPLE_NETIF_DESC_STA "example_netif_sta"
#define EXAMPLE_NETIF_DESC_ETH "example_netif_eth"

/* Says that there is a connection, with the address 127.0.0.1. */
esp_err_t example_connect(void);
esp_err_t example_disconnect(void);
esp_err_t example_configure_stdin_stdout(void);
esp_netif_t *get_example_netif_from_desc(const char *description);

#ifdef __cplusplus
}
#endif
