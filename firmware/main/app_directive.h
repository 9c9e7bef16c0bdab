/* What the running image says about its first boot: 32 bytes behind the app descriptor, at offset 288 of the
 * image. faultserve writes them; docs/images.md of faultserve has the layout. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    DIRECTIVE_PASS = 0,
    DIRECTIVE_FAIL_SELF_TEST = 1,
    DIRECTIVE_CRASH = 2,
    DIRECTIVE_HANG = 3,
    DIRECTIVE_NO_CONFIRM = 4,
} directive_behaviour_t;

typedef enum {
    DIRECTIVE_IN_SELF_TEST = 0,
    DIRECTIVE_AT_STARTUP = 1,
} directive_phase_t;

/* As it stands in the image; lowest byte first. */
typedef struct {
    uint32_t magic; /* DIRECTIVE_MAGIC */
    uint16_t version;
    uint16_t size;
    uint8_t behaviour; /* directive_behaviour_t */
    uint8_t phase;     /* directive_phase_t */
    uint16_t reserved;
    uint32_t delay_ms;
    uint8_t unused[16];
} directive_t;

#define DIRECTIVE_MAGIC 0x56525346u
#define DIRECTIVE_VERSION 1

_Static_assert(sizeof(directive_t) == 32, "a directive has 32 bytes");

/* The running image's; one that passes if it has none. */
directive_t directive_of_running_app(void);
const char *directive_behaviour_name(uint8_t behaviour);
