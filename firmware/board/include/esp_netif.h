/* The network interface: the computer's, which is there already. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_event.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct esp_netif_obj esp_netif_t;

typedef struct esp_ip4_addr {
    uint32_t addr; /* in network order */
} esp_ip4_addr_t;

typedef struct {
    esp_ip4_addr_t ip;
    esp_ip4_addr_t netmask;
    esp_ip4_addr_t gw;
} esp_netif_ip_info_t;

#define IPSTR "%d.%d.%d.%d"
#define IP2STR(address)                                                                            \
    (int)((address)->addr & 0xFF), (int)((address)->addr >> 8 & 0xFF),                             \
        (int)((address)->addr >> 16 & 0xFF), (int)((address)->addr >> 24 & 0xFF)

esp_err_t esp_netif_init(void);
esp_err_t esp_netif_deinit(void);
const char *esp_netif_get_desc(esp_netif_t *netif);
esp_err_t esp_netif_get_ip_info(esp_netif_t *netif, esp_netif_ip_info_t *info);
bool esp_netif_is_netif_up(esp_netif_t *netif);
/* "WIFI_STA_DEF" or "ETH_DEF"; NULL for another. */
esp_netif_t *esp_netif_get_handle_from_ifkey(const char *key);
esp_netif_t *esp_netif_get_default_netif(void);
/* It is noted, and nobody asks for it. */
esp_err_t esp_netif_set_hostname(esp_netif_t *netif, const char *hostname);
esp_err_t esp_netif_get_hostname(esp_netif_t *netif, const char **hostname);
/* The address as text, in the buffer; NULL if it does not fit. */
char *esp_ip4addr_ntoa(const esp_ip4_addr_t *address, char *buffer, int size);
/* A name for `if_name` of an HTTP client: of the computer's loopback. At least 6 bytes. */
esp_err_t esp_netif_get_netif_impl_name(esp_netif_t *netif, char *name);

ESP_EVENT_DECLARE_BASE(IP_EVENT);
typedef enum {
    IP_EVENT_STA_GOT_IP,
    IP_EVENT_STA_LOST_IP,
    IP_EVENT_AP_STAIPASSIGNED,
    IP_EVENT_GOT_IP6,
    IP_EVENT_ETH_GOT_IP,
    IP_EVENT_ETH_LOST_IP,
    IP_EVENT_PPP_GOT_IP,
    IP_EVENT_PPP_LOST_IP,
} ip_event_t;

/* Of IP_EVENT_STA_GOT_IP and IP_EVENT_ETH_GOT_IP. */
typedef struct {
    esp_netif_t *esp_netif;
    esp_netif_ip_info_t ip_info;
    bool ip_changed;
} ip_event_got_ip_t;

#ifdef __cplusplus
}
#endif
