/* Reading the fields of a request: typed, within bounds, with a pointer and a sentence for each that is wrong.
 *
 * The readers stand on a JSON object or on the parameters of a URL's query, with the same calls. They collect problems
 * instead of stopping at the first, so that a caller learns everything at once; the first SHAPE_PROBLEM_MAX are kept.
 * They refuse floats, conversions between types (a number in quotes is not a number), and fields nobody asked for.
 * They do not know what a value means: rules between fields are the caller's, told with shape_refuse().
 *
 *     struct shape_report report;
 *     struct shape body;
 *     shape_report_init(&report, arena);
 *     if (shape_init_json(&body, &report, tree)) {
 *         shape_i64(shape_field(&body, "party", SHAPE_REQUIRED), 1, 50, &party);
 *         has_room = shape_id(shape_field(&body, "room_id", SHAPE_NULLABLE), ID_ROOM, &property, &room) == SHAPE_SET;
 *         shape_finish(&body);
 *     }
 *     if (shape_report_outcome(&report) != OUTCOME_OK) ...
 *
 * Every reader returns SHAPE_ABSENT, SHAPE_NULL, SHAPE_SET or SHAPE_WRONG and writes its result only for SHAPE_SET, so
 * a default may stand there before. Strings read are copies in the report's arena, and the tree may be released once
 * the last reader has returned. All memory comes from that arena. One thread at a time. */
#ifndef NIGHTLATCH_UTIL_SHAPE_H
#define NIGHTLATCH_UTIL_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "core/id.h"
#include "core/outcome.h"
#include "util/json_write.h"

enum {
    SHAPE_PROBLEM_MAX = 32,  /* problems kept in one report */
    SHAPE_FIELD_MAX = 48,    /* fields one object or query may be asked for; more is a bug */
    SHAPE_READ_ONLY_MAX = 4, /* lists of fields that no caller sets */
};

enum shape_is {
    SHAPE_ABSENT, /* not given, and it needn't be */
    SHAPE_NULL,   /* given as null, and it may be */
    SHAPE_SET,
    SHAPE_WRONG, /* the report says why */
};

/* How a field may appear; may be combined. A parameter of a query is never null. */
enum shape_need {
    SHAPE_OPTIONAL = 0,
    SHAPE_REQUIRED = 1, /* must be given */
    SHAPE_NULLABLE = 2, /* may be given as null */
};

struct shape_problem {
    enum outcome code;   /* OUTCOME_VALIDATION_FAILED or OUTCOME_READ_ONLY_FIELD */
    struct str pointer;  /* "/guest/name" (RFC 6901; "" is the whole body), or "?limit" for a parameter; in the arena */
    struct str sentence; /* what it must be, to be read after the field's name: "must be a date ..."; in the arena */
};

struct shape_report {
    struct arena *arena; /* borrowed */
    struct shape_problem problems[SHAPE_PROBLEM_MAX];
    size_t count;
    bool has_more; /* there were more than are kept */
    /* Names that callers take for one another, in groups that end with NULL, behind the last an empty group: one that
     * is not known is told with the one of its group that is. NULL for none; set after shape_report_init(). */
    const char *const *synonyms;
};

/* Where a value stands; the root has neither name nor index. */
struct shape_place {
    const struct shape_place *up; /* NULL at the root */
    const char *name;             /* of a member or parameter; NULL for an item */
    size_t index;                 /* of an item */
    bool in_query;
};

/* A parameter of a query, already decoded. */
struct shape_param {
    struct str name;
    struct str value;
};

/* One object, or one query, that is being read. It must stay where it is while its fields are read. */
struct shape {
    struct shape_place place;
    struct shape_report *report;
    json_t *object;                   /* borrowed; NULL for a query */
    const struct shape_param *params; /* borrowed */
    size_t param_count;
    const char *known[SHAPE_FIELD_MAX]; /* names that were asked for */
    size_t known_count;
    const char *const *read_only[SHAPE_READ_ONLY_MAX]; /* borrowed */
    size_t read_only_count;
};

/* One field on its way to a reader. */
struct shape_field {
    struct shape_place place;
    struct shape_report *report;
    enum shape_is is;
    json_t *json;                    /* when SHAPE_SET in JSON */
    const struct shape *query;       /* when SHAPE_SET in a query: where to look further */
    const struct shape_param *param; /* the first of that name */
};

/* A JSON array, or a parameter given once or more. It must stay where it is while its items are read. */
struct shape_list {
    struct shape_place place;
    struct shape_report *report;
    json_t *array;
    const struct shape *query;
    size_t count;
};

/* A word of an enumeration and what it stands for. */
struct shape_word {
    const char *word;
    int value;
};

/* -- the report -- */

void shape_report_init(struct shape_report *report, struct arena *arena);

/* OUTCOME_OK when nothing was wrong; OUTCOME_READ_ONLY_FIELD when any problem is of that kind, else
 * OUTCOME_VALIDATION_FAILED (the order of core/outcome.def); OUTCOME_BUSY_RETRY when the arena is exhausted. */
enum outcome shape_report_outcome(const struct shape_report *report);

/* Writes the array of problems: [{"pointer":"/party","code":"VALIDATION_FAILED","detail":"must be ..."}]. */
void shape_report_write(const struct shape_report *report, struct json_writer *writer);

/* -- objects and queries -- */

/* Begins to read `root`, which must live until the last reader has returned; false, and a problem at "", when it is
 * not an object. */
bool shape_init_json(struct shape *shape, struct shape_report *report, json_t *root)
    __attribute__((warn_unused_result));

/* Begins to read a query; `params` (decoded, in their order) must live as long as the shape. */
void shape_init_query(struct shape *shape, struct shape_report *report, const struct shape_param *params, size_t count);

/* Looks a field up for a reader; `need` combines enum shape_need. `name` must outlive the report's use of the shape: a
 * literal. Reports a required field that is absent and a null that may not be. */
struct shape_field shape_field(struct shape *shape, const char *name, unsigned need);

/* Fields that exist but that no caller sets: shape_finish() reports each one given as OUTCOME_READ_ONLY_FIELD. `names`
 * ends with NULL and must outlive the shape. */
void shape_read_only(struct shape *shape, const char *const *names);

/* Reports every field that was given but never asked for: not known, or not for a caller to set. Call it last, and for
 * nested objects too. */
void shape_finish(struct shape *shape);

/* Reports a rule of the caller's about this field, in printf's way: "must be after arrival". Returns SHAPE_WRONG. */
enum shape_is shape_refuse(struct shape_field field, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* -- readers; lengths in characters, as JSON Schema counts them: code points -- */

/* One line: blanks at both ends are taken off, then `min` to `max` characters without control characters. */
enum shape_is shape_str(struct shape_field field, size_t min, size_t max, struct str *ret_value);

/* Several lines: as above, but line feeds and tabs are allowed. */
enum shape_is shape_text(struct shape_field field, size_t min, size_t max, struct str *ret_value);

/* Exactly as given, any characters: passwords. */
enum shape_is shape_secret(struct shape_field field, size_t min, size_t max, struct str *ret_value);

/* A whole number from `min` to `max`, decimal in a query. 1.0 and 1e3 are not whole numbers. */
enum shape_is shape_i64(struct shape_field field, int64_t min, int64_t max, int64_t *ret_value);

/* true or false; in a query the words. */
enum shape_is shape_bool(struct shape_field field, bool *ret_value);

/* One of `words`, compared exactly. */
enum shape_is shape_enum(struct shape_field field, const struct shape_word *words, size_t word_count, int *ret_value);

/* "2026-11-22", as days since 1970-01-01 (core/date.h). */
enum shape_is shape_date(struct shape_field field, int32_t *ret_date);

/* RFC 3339 with Z or an offset, whole milliseconds at most, as milliseconds since the epoch, UTC (core/date.h). */
enum shape_is shape_instant(struct shape_field field, int64_t *ret_ms);

/* A public id of this kind: the property's number and the id. */
enum shape_is shape_id(struct shape_field field, enum id_kind kind, uint32_t *ret_property, struct id *ret_id);

/* A public id of any kind. */
enum shape_is shape_id_any(struct shape_field field, enum id_kind *ret_kind, uint32_t *ret_property, struct id *ret_id);

/* A nested object; `field.place.up` (the outer shape) and `ret_child` must stay where they are. Not for a query. */
enum shape_is shape_object(struct shape_field field, struct shape *ret_child);

/* An array of `min` to `max` items; in a query a parameter given that many times. */
enum shape_is shape_list(struct shape_field field, size_t min, size_t max, struct shape_list *ret_list);

/* The item at `index` (less than list->count) for a reader; a null item is reported. */
struct shape_field shape_item(const struct shape_list *list, size_t index);

#endif
