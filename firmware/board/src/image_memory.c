#include "image_memory.h"

#include <stddef.h>

#include "esp_app_format.h"

/* Under this, an address says that a segment is padding. */
#define FIRST_ADDRESS 0x10000000u

typedef enum { MEMORY_NONE, MEMORY_DROM, MEMORY_IROM, MEMORY_FLASH, MEMORY_RAM } memory_kind_t;

typedef struct {
    uint16_t chip_id;
    memory_kind_t kind;
    uint32_t low;
    uint32_t end;
} region_t;

/* Technical Reference Manuals, "Address Mapping". */
static const region_t regions[] = {
    {ESP_CHIP_ID_ESP32, MEMORY_DROM, 0x3F400000, 0x3F800000},
    {ESP_CHIP_ID_ESP32, MEMORY_RAM, 0x3FF80000, 0x3FF82000},
    {ESP_CHIP_ID_ESP32, MEMORY_RAM, 0x3FFAE000, 0x40000000},
    {ESP_CHIP_ID_ESP32, MEMORY_RAM, 0x40070000, 0x400C0000},
    {ESP_CHIP_ID_ESP32, MEMORY_RAM, 0x400C0000, 0x400C2000},
    {ESP_CHIP_ID_ESP32, MEMORY_IROM, 0x400D0000, 0x40400000},
    {ESP_CHIP_ID_ESP32, MEMORY_RAM, 0x50000000, 0x50002000},

    {ESP_CHIP_ID_ESP32S2, MEMORY_DROM, 0x3F000000, 0x3F500000},
    {ESP_CHIP_ID_ESP32S2, MEMORY_RAM, 0x3FF9E000, 0x3FFA0000},
    {ESP_CHIP_ID_ESP32S2, MEMORY_RAM, 0x3FFB0000, 0x40000000},
    {ESP_CHIP_ID_ESP32S2, MEMORY_RAM, 0x40020000, 0x40072000},
    {ESP_CHIP_ID_ESP32S2, MEMORY_IROM, 0x40080000, 0x40800000},
    {ESP_CHIP_ID_ESP32S2, MEMORY_RAM, 0x50000000, 0x50002000},

    {ESP_CHIP_ID_ESP32C3, MEMORY_DROM, 0x3C000000, 0x3C800000},
    {ESP_CHIP_ID_ESP32C3, MEMORY_RAM, 0x3FC80000, 0x3FCE0000},
    {ESP_CHIP_ID_ESP32C3, MEMORY_RAM, 0x4037C000, 0x403E0000},
    {ESP_CHIP_ID_ESP32C3, MEMORY_IROM, 0x42000000, 0x42800000},
    {ESP_CHIP_ID_ESP32C3, MEMORY_RAM, 0x50000000, 0x50002000},

    {ESP_CHIP_ID_ESP32S3, MEMORY_DROM, 0x3C000000, 0x3D000000},
    {ESP_CHIP_ID_ESP32S3, MEMORY_RAM, 0x3FC88000, 0x3FD00000},
    {ESP_CHIP_ID_ESP32S3, MEMORY_RAM, 0x40370000, 0x403E0000},
    {ESP_CHIP_ID_ESP32S3, MEMORY_IROM, 0x42000000, 0x42800000},
    {ESP_CHIP_ID_ESP32S3, MEMORY_RAM, 0x50000000, 0x50002000},
    {ESP_CHIP_ID_ESP32S3, MEMORY_RAM, 0x600FE000, 0x60100000},

    {ESP_CHIP_ID_ESP32C2, MEMORY_DROM, 0x3C000000, 0x3C400000},
    {ESP_CHIP_ID_ESP32C2, MEMORY_RAM, 0x3FCA0000, 0x3FCE0000},
    {ESP_CHIP_ID_ESP32C2, MEMORY_RAM, 0x4037C000, 0x403C0000},
    {ESP_CHIP_ID_ESP32C2, MEMORY_IROM, 0x42000000, 0x42400000},

    {ESP_CHIP_ID_ESP32C6, MEMORY_FLASH, 0x42000000, 0x43000000},
    {ESP_CHIP_ID_ESP32C6, MEMORY_RAM, 0x40800000, 0x40880000},
    {ESP_CHIP_ID_ESP32C6, MEMORY_RAM, 0x50000000, 0x50004000},

    {ESP_CHIP_ID_ESP32H2, MEMORY_FLASH, 0x42000000, 0x43000000},
    {ESP_CHIP_ID_ESP32H2, MEMORY_RAM, 0x40800000, 0x40880000},
    {ESP_CHIP_ID_ESP32H2, MEMORY_RAM, 0x50000000, 0x50004000},

    {ESP_CHIP_ID_ESP32C5, MEMORY_FLASH, 0x42000000, 0x44000000},
    {ESP_CHIP_ID_ESP32C5, MEMORY_RAM, 0x40800000, 0x40860000},
    {ESP_CHIP_ID_ESP32C5, MEMORY_RAM, 0x50000000, 0x50004000},

    {ESP_CHIP_ID_ESP32P4, MEMORY_FLASH, 0x40000000, 0x4C000000},
    {ESP_CHIP_ID_ESP32P4, MEMORY_RAM, 0x4FF00000, 0x4FFA0000},
    {ESP_CHIP_ID_ESP32P4, MEMORY_RAM, 0x50108000, 0x50110000},
};

/* Where the bootloader itself is while it loads: of ESP32 only, as the others' places are not
 * documented. */
static const struct {
    uint16_t chip_id;
    uint32_t low;
    uint32_t end;
    const char *objection;
} bootloader_regions[] = {
    {ESP_CHIP_ID_ESP32, 0x3FFDBF20, 0x3FFE3F20, "overlaps bootloader stack"},
    {ESP_CHIP_ID_ESP32, 0x3FFF0000, 0x3FFF6000, "overlaps bootloader data"},
    {ESP_CHIP_ID_ESP32, 0x40078000, 0x40080000, "overlaps loader IRAM"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const region_t *region_of(uint16_t chip_id, uint32_t address)
{
    for (size_t index = 0; index < COUNT(regions); index++) {
        const region_t *region = &regions[index];
        if (region->chip_id == chip_id && address >= region->low && address < region->end) {
            return region;
        }
    }
    return NULL;
}

static memory_kind_t memory_kind(uint16_t chip_id, uint32_t address)
{
    const region_t *region = region_of(chip_id, address);
    return region ? region->kind : MEMORY_NONE;
}

bool image_is_mapped(uint16_t chip_id, uint32_t address)
{
    memory_kind_t kind = memory_kind(chip_id, address);
    return kind == MEMORY_DROM || kind == MEMORY_IROM || kind == MEMORY_FLASH;
}

const char *image_map_name(uint16_t chip_id, uint32_t address)
{
    switch (memory_kind(chip_id, address)) {
    case MEMORY_DROM: return "DROM";
    case MEMORY_IROM: return "IROM";
    default: return NULL;
    }
}

bool image_is_copied(uint16_t chip_id, uint32_t address)
{
    return address >= FIRST_ADDRESS && !image_is_mapped(chip_id, address);
}

const char *image_load_objection(uint16_t chip_id, uint32_t address, uint32_t count)
{
    if (count == 0) {
        return NULL;
    }
    const region_t *region = region_of(chip_id, address);
    if (!region || count > region->end - address) {
        return "bad load address range";
    }
    for (size_t index = 0; index < COUNT(bootloader_regions); index++) {
        if (bootloader_regions[index].chip_id == chip_id
            && address < bootloader_regions[index].end
            && address + count > bootloader_regions[index].low) {
            return bootloader_regions[index].objection;
        }
    }
    return NULL;
}
