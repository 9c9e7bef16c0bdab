/* Which slot the second-stage bootloader tries first, and what it notes in otadata. */
#pragma once

#include <stdbool.h>

#include "bootloader_table.h"

#define BOOTLOADER_FACTORY -1   /* also where there is no factory app: every slot in turn */
#define BOOTLOADER_INVALID -99 /* nothing can be chosen */

typedef struct {
    int index;                /* an OTA slot, or one of the above */
    bool is_otadata_initial;  /* what boots is then noted as the first choice */
} bootloader_selection_t;

/* Selects, and notes the first boot of a new app and the end of one that was never confirmed. */
bootloader_selection_t bootloader_select(const bootloader_table_t *table);

/* Whether anti-rollback, if the board has it, lets the app of a slot boot. */
bool bootloader_is_secure_enough(const esp_partition_pos_t *slot);

/* Notes what boots, if otadata had nothing. */
void bootloader_note_first_choice(const bootloader_table_t *table,
                                  const bootloader_selection_t *selection, int index);
