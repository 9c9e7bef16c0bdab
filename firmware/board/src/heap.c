#include <stdlib.h>

#include "esp_heap_caps.h"
#include "esp_system.h"

#define TOTAL 327680u
#define FREE 282624u
#define LARGEST 110592u

/* There is no external memory. */
static size_t unless_external(uint32_t caps, size_t size)
{
    return caps & MALLOC_CAP_SPIRAM ? 0 : size;
}

void *heap_caps_malloc(size_t size, uint32_t caps) { return heap_caps_calloc(1, size, caps); }

void *heap_caps_calloc(size_t count, size_t size, uint32_t caps)
{
    return caps & MALLOC_CAP_SPIRAM ? NULL : calloc(count, size);
}

void *heap_caps_realloc(void *memory, size_t size, uint32_t caps)
{
    return caps & MALLOC_CAP_SPIRAM ? NULL : realloc(memory, size);
}

void heap_caps_free(void *memory) { free(memory); }

size_t heap_caps_get_total_size(uint32_t caps) { return unless_external(caps, TOTAL); }

size_t heap_caps_get_free_size(uint32_t caps) { return unless_external(caps, FREE); }

size_t heap_caps_get_minimum_free_size(uint32_t caps) { return unless_external(caps, FREE); }

size_t heap_caps_get_largest_free_block(uint32_t caps) { return unless_external(caps, LARGEST); }

uint32_t esp_get_free_heap_size(void) { return FREE; }

uint32_t esp_get_free_internal_heap_size(void) { return FREE; }

uint32_t esp_get_minimum_free_heap_size(void) { return FREE; }
