/* Commands, a line each: a URL starts an update from it; `help` lists the others. */
#pragma once

/* Reads lines for good, or until the input ends. */
void console_run(void);
/* Updates by the chosen method, reports, and restarts into the new app. */
void console_update(const char *url);
