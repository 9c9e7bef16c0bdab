/* Signatures of Secure Boot v2, as an app checks those of an update: what the running app is signed
 * with is trusted. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SIGNATURE_SECTOR 4096u

/* Whether the sector there signs all from `start` on by the trusted key. Says on the console why
 * not. */
bool image_signature_holds(uint32_t start, uint32_t sector);
