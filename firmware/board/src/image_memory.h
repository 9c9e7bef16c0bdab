/* What lies at the addresses of a chip, as far as loading an app goes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Whether a segment there is read from flash through a cache, and so not copied. */
bool image_is_mapped(uint16_t chip_id, uint32_t address);
/* Which of the two caches' memories that is, "DROM" or "IROM"; NULL: neither, or they are one. */
const char *image_map_name(uint16_t chip_id, uint32_t address);
/* Whether a segment there is copied: all that is neither mapped nor padding, also where there is no
 * RAM. */
bool image_is_copied(uint16_t chip_id, uint32_t address);
/* Why the bootloader does not copy to a range; NULL if it does. */
const char *image_load_objection(uint16_t chip_id, uint32_t address, uint32_t count);
