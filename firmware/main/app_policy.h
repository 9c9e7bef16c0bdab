/* Which versions this app takes, as ESP-IDF's examples have it. */
#pragma once

#include <stdbool.h>

#include "esp_app_desc.h"

/* Says on the console why not, in the examples' words. */
bool policy_takes(const esp_app_desc_t *offer);
