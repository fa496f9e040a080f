/* Writing JSON, piece by piece, into a growing text: replies, problems, event bodies.
 *
 * The same calls give the same bytes on every machine: no blanks, members in the order they are written, one form for
 * every value. What is written is always well-formed JSON: a string's ill-formed bytes come out as U+FFFD. It refuses
 * floats, to sort, and to notice a member written twice. A wrong order of calls (a key without an object, a value
 * without its key, an end too many) is a bug. A text that overflowed stays latched; the writer needs no check of its
 * own. One thread at a time.
 *
 * A value is written by json_write_x(); a member with its key in one call by json_member_x(). */
#ifndef NIGHTLATCH_UTIL_JSON_WRITE_H
#define NIGHTLATCH_UTIL_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "core/id.h"

enum { JSON_WRITER_DEPTH_MAX = 64 };

struct json_writer {
    struct text *text; /* borrowed */
    uint64_t objects;  /* bit i: what is open at depth i + 1 is an object */
    unsigned depth;
    bool needs_comma;
    bool has_key; /* a key stands there without its value */
};

/* Begins a document at the end of `text`, which must outlive the writer. */
void json_writer_init(struct json_writer *writer, struct text *text);

/* Takes back the brace of the object that the text ends with, so that more members can follow its own. */
void json_text_reopen(struct text *text);

/* The same with a writer for the members, of which there is at least one. What begins returns where, for what ends. */
size_t json_text_more_begin(struct text *text, struct json_writer *ret_writer);
void json_text_more_end(struct json_writer *writer, size_t at);

/* Asserts that one whole value has been written and everything that was begun has ended. */
void json_writer_done(const struct json_writer *writer);

void json_write_object_begin(struct json_writer *writer);
void json_write_object_end(struct json_writer *writer);
void json_write_array_begin(struct json_writer *writer);
void json_write_array_end(struct json_writer *writer);

/* `name` is written as it stands: a plain name of this program's, without anything to escape. */
void json_write_key(struct json_writer *writer, const char *name);

/* A key that comes from outside, escaped like a string. */
void json_write_key_str(struct json_writer *writer, struct str name);

/* RFC 8259 section 7: quote, backslash and C0 controls are escaped (the short forms where there are some), everything
 * else is written in UTF-8. */
void json_write_str(struct json_writer *writer, struct str value);
void json_write_i64(struct json_writer *writer, int64_t value);
void json_write_bool(struct json_writer *writer, bool value);
void json_write_null(struct json_writer *writer);

/* `json` is one value of JSON already, from a writer of ours or a store that checked it; it is not looked at. */
void json_write_raw(struct json_writer *writer, struct str json);

/* A local date (days since 1970-01-01) as "2026-11-22". */
void json_write_date(struct json_writer *writer, int32_t date);

/* An instant (milliseconds since the epoch, UTC) as "2026-11-22T10:00:00Z", with ".123" only when it has them. */
void json_write_instant(struct json_writer *writer, int64_t ms);

/* The public form (core/id.h). */
void json_write_id(struct json_writer *writer, enum id_kind kind, uint32_t property, struct id id);

static inline void
json_write_cstr(struct json_writer *writer, const char *value)
{
    json_write_str(writer, str_from(value));
}

/* -- a key and its value in one call -- */

static inline void
json_member_object_begin(struct json_writer *writer, const char *name)
{
    json_write_key(writer, name);
    json_write_object_begin(writer);
}

static inline void
json_member_array_begin(struct json_writer *writer, const char *name)
{
    json_write_key(writer, name);
    json_write_array_begin(writer);
}

static inline void
json_member_str(struct json_writer *writer, const char *name, struct str value)
{
    json_write_key(writer, name);
    json_write_str(writer, value);
}

static inline void
json_member_cstr(struct json_writer *writer, const char *name, const char *value)
{
    json_write_key(writer, name);
    json_write_cstr(writer, value);
}

/* null when value.ptr is NULL, so that an empty string stays one. */
static inline void
json_member_str_or_null(struct json_writer *writer, const char *name, struct str value)
{
    json_write_key(writer, name);
    if (value.ptr == NULL)
        json_write_null(writer);
    else
        json_write_str(writer, value);
}

/* null when it is empty: nothing is known. */
static inline void
json_member_str_if(struct json_writer *writer, const char *name, struct str value)
{
    json_member_str_or_null(writer, name, value.len > 0 ? value : (struct str){NULL, 0});
}

static inline void
json_member_i64(struct json_writer *writer, const char *name, int64_t value)
{
    json_write_key(writer, name);
    json_write_i64(writer, value);
}

static inline void
json_member_i64_or_null(struct json_writer *writer, const char *name, bool known, int64_t value)
{
    json_write_key(writer, name);
    if (known)
        json_write_i64(writer, value);
    else
        json_write_null(writer);
}

static inline void
json_member_bool(struct json_writer *writer, const char *name, bool value)
{
    json_write_key(writer, name);
    json_write_bool(writer, value);
}

static inline void
json_member_null(struct json_writer *writer, const char *name)
{
    json_write_key(writer, name);
    json_write_null(writer);
}

static inline void
json_member_raw(struct json_writer *writer, const char *name, struct str json)
{
    json_write_key(writer, name);
    json_write_raw(writer, json);
}

static inline void
json_member_date(struct json_writer *writer, const char *name, int32_t date)
{
    json_write_key(writer, name);
    json_write_date(writer, date);
}

static inline void
json_member_instant(struct json_writer *writer, const char *name, int64_t ms)
{
    json_write_key(writer, name);
    json_write_instant(writer, ms);
}

/* null when `is_set` is false; `ms` is not looked at then. */
static inline void
json_member_instant_if(struct json_writer *writer, const char *name, bool is_set, int64_t ms)
{
    json_write_key(writer, name);
    if (is_set)
        json_write_instant(writer, ms);
    else
        json_write_null(writer);
}

static inline void
json_member_id(struct json_writer *writer, const char *name, enum id_kind kind, uint32_t property, struct id id)
{
    json_write_key(writer, name);
    json_write_id(writer, kind, property, id);
}

/* null when the id is none. */
static inline void
json_member_id_or_null(struct json_writer *writer, const char *name, enum id_kind kind, uint32_t property, struct id id)
{
    json_write_key(writer, name);
    if (id_is_none(id))
        json_write_null(writer);
    else
        json_write_id(writer, kind, property, id);
}

#endif
