/* Whom a line of guests is about: one who is known by an id, whose details it puts right, or one more who comes along
 * with a booking, by its code.
 *
 * It reads and decides nothing; the line is then the request that anybody would send. A reader's thread. */
#ifndef NIGHTLATCH_API_IMPORT_GUEST_H
#define NIGHTLATCH_API_IMPORT_GUEST_H

#include <jansson.h>

#include "api/call.h"
#include "core/outcome.h"

struct import_guest {
    bool there;                   /* they are known just so now: there is nothing to ask */
    enum outcome outcome;         /* OK, or why there is nobody to ask for, ... */
    const char *column, *wrong;   /* ... at which column, and a sentence; static */
    enum route_name route;        /* that takes the request */
    struct id id;                 /* what its path names */
    struct guest_details details; /* with an id, what the line says of them: what is empty stays. In the call's arena */
};

/* `fields`: as import_line_read() found them good. DB_OK, or what went wrong while reading. */
enum db_status import_guest_find(struct call *call, struct reader *reader, const json_t *fields,
                                 struct import_guest *ret_guest) __attribute__((warn_unused_result));

#endif
