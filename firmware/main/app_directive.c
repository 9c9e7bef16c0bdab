#include "app_directive.h"

#include <stddef.h>
#include <stdlib.h>

#include "esp_app_desc.h"
#include "esp_app_format.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"
#include "esp_rom_sys.h"

/* Stands behind the app descriptor, where faultserve finds it. */
const __attribute__((section(".rodata_custom_desc"), used)) directive_t app_directive = {
    .magic = DIRECTIVE_MAGIC,
    .version = DIRECTIVE_VERSION,
    .size = sizeof(directive_t),
    .behaviour = DIRECTIVE_PASS,
};

static const size_t place =
    sizeof(esp_image_header_t) + sizeof(esp_image_segment_header_t) + sizeof(esp_app_desc_t);

directive_t directive_of_running_app(void)
{
    /* From the flash and not from the constant, whose value the compiler thinks that it knows. */
    directive_t directive;
    const esp_partition_t *running = esp_ota_get_running_partition();
    if (running == NULL ||
        esp_partition_read(running, place, &directive, sizeof(directive)) != ESP_OK ||
        directive.magic != DIRECTIVE_MAGIC || directive.version != DIRECTIVE_VERSION) {
        return (directive_t){.behaviour = DIRECTIVE_PASS};
    }
    return directive;
}

const char *directive_behaviour_name(uint8_t behaviour)
{
    static const char *const names[] = {"pass", "fail-self-test", "crash", "hang", "no-confirm"};
    return behaviour < sizeof(names) / sizeof(names[0]) ? names[behaviour] : "unknown";
}

/* Of an app that is no update, or was confirmed, the directive does not count. */
static bool is_unconfirmed(void)
{
    esp_ota_img_states_t state;
    const esp_partition_t *running = esp_ota_get_running_partition();
    return running != NULL && esp_ota_get_state_partition(running, &state) == ESP_OK &&
           state != ESP_OTA_IMG_VALID;
}

/* On a chip constructors run before app_main, when flash works and the bootloader's watchdog, which
 * ends a hang, has not been stopped. On the virtual board they run before anything boots, and so do
 * nothing: there the board itself does what the directive says. */
static void __attribute__((constructor)) follow_at_startup(void)
{
    directive_t directive = directive_of_running_app();
    if (directive.phase != DIRECTIVE_AT_STARTUP || !is_unconfirmed()) {
        return;
    }
    if (directive.behaviour == DIRECTIVE_CRASH) {
        for (uint32_t waited = 0; waited < directive.delay_ms; waited++) {
            esp_rom_delay_us(1000);
        }
        abort();
    }
    for (volatile bool is_hanging = directive.behaviour == DIRECTIVE_HANG; is_hanging;) {
    }
}
