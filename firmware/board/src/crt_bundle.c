#include "esp_crt_bundle.h"

#include "board/board.h"

/* On a chip this installs the bundle's verification in `conf`. Here each connection does so by
 * itself when its configuration names this function; what is left to say is whether there is a
 * bundle. */
esp_err_t esp_crt_bundle_attach(void *conf)
{
    (void)conf;
    return board.ca_bundle_pem ? ESP_OK : ESP_ERR_NOT_FOUND;
}
