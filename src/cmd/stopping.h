/* Ctrl-C for commands with long work: noted, and asked for between two steps, so that nothing half done is left. */
#ifndef NIGHTLATCH_CMD_STOPPING_H
#define NIGHTLATCH_CMD_STOPPING_H

#include <stdbool.h>

/* From now on SIGINT and SIGTERM do not end the process but make stopping_is_asked() true. A second one ends it. */
void stopping_watch(void);

/* Any thread. */
bool stopping_is_asked(void);

#endif
