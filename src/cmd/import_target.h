/* Where a line of guests goes: to one who is known by an id, or to a booking by its code.
 *
 * Asked of the server before anything is sent, so that what is there already is left alone. It refuses to know files
 * and to change anything. One thread. */
#ifndef NIGHTLATCH_CMD_IMPORT_TARGET_H
#define NIGHTLATCH_CMD_IMPORT_TARGET_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "cmd/control.h"
#include "core/id.h"

struct import_target {
    bool there;         /* they are known just so already */
    const char *wrong;  /* a sentence where there is no such guest or booking; NULL otherwise; static */
    const char *column; /* with `wrong`; static */
    const char *method; /* of the request; static */
    char path[96];
};

/* `fields` as import_line_read() found them good. False with *err when the server could not be asked. */
bool import_target_find(struct control *control, const char *property, const json_t *fields,
                        struct import_target *ret_target, struct err *err) __attribute__((warn_unused_result));

#endif
