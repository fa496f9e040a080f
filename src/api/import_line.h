/* What a line of a file that is imported asks for: its columns, as export_row.h names them, become the body of the
 * request that anybody would send for it.
 *
 * Only what the interface can't know is looked at here, names of types and rooms, and forms that a spreadsheet has and
 * JSON has not; the rest is left to who gets the request. It refuses to know where lines come from and where requests
 * go. One thread. */
#ifndef NIGHTLATCH_API_IMPORT_LINE_H
#define NIGHTLATCH_API_IMPORT_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum import_kind { IMPORT_ROOM_TYPES, IMPORT_ROOMS, IMPORT_BOOKINGS, IMPORT_GUESTS };

enum import_fate {
    IMPORT_ASKS,     /* there is a request to send */
    IMPORT_LEFT_OUT, /* not CONFIRMED, or over */
    IMPORT_THERE,    /* what it would make is there already */
    IMPORT_SAME,     /* a line before asks for just this room or type: what becomes of that one becomes of this */
    IMPORT_WRONG,
};

/* The house that lines are read for; all borrowed. */
struct import_house {
    const char *property; /* public id */
    const json_t *types;  /* array of objects with id and name, and what import_add_plain_names() adds */
    const json_t *rooms;  /* array of objects with id, number, building and room_type_id */
    int64_t now_ms;       /* when the import began */
    /* What helps with a room whose type is not there, to go on with "the property has no such type; "; static. */
    const char *without_type;
    json_t *earlier; /* what lines before asked for (import_earlier.h), in which those that are read are kept */
    json_t *wanted;  /* name -> body of a room type that rooms are of and that is to be made; NULL: none is */
};

enum { IMPORT_MISTAKES_MAX = 16, IMPORT_COLUMN_SIZE = 32, IMPORT_SENTENCE_SIZE = 896 /* with a name in it */ };

struct import_mistake {
    char column[IMPORT_COLUMN_SIZE]; /* at fault */
    char sentence[IMPORT_SENTENCE_SIZE];
};

struct import_asked {
    enum import_fate fate;
    json_t *body; /* with IMPORT_ASKS: owned by the caller. A room of a wanted type has its name, `room_type`;
                   * of a guest, whom or which booking it is for is the caller's to find */
    struct import_mistake mistakes[IMPORT_MISTAKES_MAX]; /* with IMPORT_WRONG: all of the line, ... */
    size_t mistake_count;                                /* ... which are one or more */
    int64_t same_as;                                     /* with IMPORT_SAME: the number of the line before */
};

/* Puts into each type its name as it may be written otherwise, for lines that do. */
void import_add_plain_names(json_t *types);

/* `fields`: an object of texts by column, without blanks at both ends; what is empty may be absent. `number`: of the
 * line in its file; lines are read in their order. */
struct import_asked import_line_read(enum import_kind kind, const struct import_house *house, const json_t *fields,
                                     int64_t number);

/* What is said behind the mistake of a line after which the rest of a file can't be read. */
#define IMPORT_READ_NO_FURTHER "; nothing was read from there on"

/* Is this one of the names of columns (an array of texts)? */
bool import_has_column(const json_t *columns, struct str name);

/* A column that such a file must have and that is not among these names (an array of texts): static, NULL when all are
 * there. *ret_other: one that would do as well, or NULL. */
const char *import_missing_column(enum import_kind kind, const json_t *columns, const char **ret_other);

/* The route that takes the request of such a line; of guests, above the two that do. */
const char *import_kind_path(enum import_kind kind);

/* The column that a member of the request came from: "/guest/name" from guest_name, and of guests from name. */
void import_column(enum import_kind kind, struct str pointer, char *ret_column, size_t size);

/* The item of a list whose members have these texts; `second` NULL: any. NULL when there is none. */
const json_t *import_find(const json_t *list, const char *name, const char *text, const char *second,
                          const char *second_text);

/* The text of a column; "" when it is absent. */
const char *import_field(const json_t *fields, const char *column);

#endif
