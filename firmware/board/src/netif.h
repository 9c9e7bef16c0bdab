/* The one interface, for the Wi-Fi station. */
#pragma once

#include <stdbool.h>

#include "esp_netif.h"

esp_netif_t *netif_station(void);
void netif_set_up(esp_netif_t *netif, bool is_up);
/* Tells the app by an event of IP_EVENT. */
void netif_post_address(esp_netif_t *netif);
