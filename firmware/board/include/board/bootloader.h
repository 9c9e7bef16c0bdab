/* The second-stage bootloader: chooses a slot, notes the first boot, and loads. */
#pragma once

#include "esp_err.h"
#include "esp_partition.h"
#include "image.h"

typedef struct {
    const esp_partition_t *slot;
    image_t image;
    bool hides_constants; /* another segment is mapped in place of the first, which has the constants */
} boot_t;

/* Reads the partition table, selects, verifies, writes otadata where the real one does, and says
 * what it does on the console. ESP_OK: `boot` is what the chip jumps into. ESP_FAIL: nothing boots;
 * the real one would reset for ever. */
esp_err_t bootloader_boot(boot_t *boot);

/* What runs, for the app's API; set by the program once it has jumped. */
void bootloader_set_running(const boot_t *boot);
const boot_t *bootloader_running(void);
