/* `virtual-board sweep`: an update once for every place in it where the power can be cut. */
#pragma once

/* Runs it with the words behind `sweep` and returns the program's exit status. */
int sweep(int count, char *const words[]);
