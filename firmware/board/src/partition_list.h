/* What esp_partition_* knows of the loaded table. */
#pragma once

/* Makes the list anew, after the table was loaded. */
void partition_list_make(void);
