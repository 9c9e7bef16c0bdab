#include "app_directive.h"

#include <stddef.h>

#include "esp_app_desc.h"
#include "esp_app_format.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"

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
