/* Whether an image is for this chip, and for this revision of it. */
#pragma once

#include <stdbool.h>

#include "esp_app_desc.h"
#include "esp_app_format.h"

/* Says on the console why not, whoever asks. */
bool image_suits_chip(const esp_image_header_t *header);
bool image_suits_efuse_block(const esp_app_desc_t *descriptor);
