#include "crc32.h"

uint32_t crc32_of(uint32_t before, const void *bytes, size_t count)
{
    const uint8_t *from = bytes;
    uint32_t crc = ~before;
    for (size_t index = 0; index < count; index++) {
        crc ^= from[index];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
        }
    }
    return ~crc;
}
