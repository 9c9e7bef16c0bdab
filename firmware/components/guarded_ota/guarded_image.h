/* Follows an app image while it comes, and so knows its length before it ends
 * (ESP-IDF, "App Image Format"). Pure: bytes in, numbers out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t header[24];  /* esp_image_header_t, as far as it came */
    uint8_t segment[8];  /* the segment header that is coming */
    size_t seen;         /* bytes of the image that came */
    size_t next;         /* where the next segment header begins, or the last segment ends */
    unsigned segments;   /* segment headers that came */
    bool is_signed;      /* whether a signature sector belongs to it */
    bool is_broken;      /* what came cannot be an app image */
    size_t length;       /* of the image; 0: not known yet */
} guarded_image_t;

void guarded_image_begin(guarded_image_t *image, bool is_signed);
/* The next bytes, as many as there are. */
void guarded_image_feed(guarded_image_t *image, const uint8_t *bytes, size_t count);
/* Whether all of it came. */
bool guarded_image_is_whole(const guarded_image_t *image);
