#include "guarded_image.h"

#include <string.h>

#define MAGIC 0xE9
#define HEADER 24u
#define SEGMENT_HEADER 8u
#define MOST_SEGMENTS 16u
#define SEGMENT_LIMIT 0x1000000u
#define SECTOR 4096u
#define DIGEST 32u

void guarded_image_begin(guarded_image_t *image, bool is_signed)
{
    memset(image, 0, sizeof(*image));
    image->next = HEADER;
    image->is_signed = is_signed;
}

static size_t round_up(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

/* Behind the last segment: padding, the checksum at the end of a block of 16, the digest, the
 * signature. */
static size_t length_of(const guarded_image_t *image)
{
    size_t length = round_up(image->next + 1, 16);
    if (image->header[23] != 0) {
        length += DIGEST;
    }
    return image->is_signed ? round_up(length, SECTOR) + SECTOR : length;
}

static uint32_t word_at(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void header_came(guarded_image_t *image)
{
    image->is_broken = image->header[0] != MAGIC || image->header[1] > MOST_SEGMENTS;
    if (!image->is_broken && image->header[1] == 0) {
        image->length = length_of(image);
    }
}

static void segment_came(guarded_image_t *image)
{
    uint32_t data = word_at(image->segment + 4);
    if (data % 4 != 0 || data >= SEGMENT_LIMIT) {
        image->is_broken = true;
        return;
    }
    image->segments++;
    image->next += SEGMENT_HEADER + data;
    if (image->segments == image->header[1]) {
        image->length = length_of(image);
    }
}

/* Takes bytes that lie in from..<to of the image into a buffer, and says how many came. */
static size_t take(guarded_image_t *image, uint8_t *buffer, size_t from, size_t to,
                   const uint8_t *bytes, size_t count)
{
    size_t wanted = to - image->seen;
    size_t taken = count < wanted ? count : wanted;
    memcpy(buffer + (image->seen - from), bytes, taken);
    image->seen += taken;
    return taken;
}

void guarded_image_feed(guarded_image_t *image, const uint8_t *bytes, size_t count)
{
    while (count > 0) {
        size_t taken;
        if (image->is_broken || image->length > 0) {
            image->seen += count;
            return;
        }
        if (image->seen < HEADER) {
            taken = take(image, image->header, 0, HEADER, bytes, count);
            if (image->seen == HEADER) {
                header_came(image);
            }
        } else if (image->seen < image->next) {
            size_t data = image->next - image->seen;
            taken = count < data ? count : data;
            image->seen += taken;
        } else {
            size_t end = image->next + SEGMENT_HEADER;
            taken = take(image, image->segment, image->next, end, bytes, count);
            if (image->seen == end) {
                segment_came(image);
            }
        }
        bytes += taken;
        count -= taken;
    }
}

bool guarded_image_is_whole(const guarded_image_t *image)
{
    return image->length > 0 && image->seen >= image->length;
}
