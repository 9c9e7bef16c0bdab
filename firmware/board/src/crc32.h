/* The CRC-32 of zlib, as the chips' ROM has it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Of bytes that follow others whose CRC is given; 0 if there are none. */
uint32_t crc32_of(uint32_t before, const void *bytes, size_t count);
