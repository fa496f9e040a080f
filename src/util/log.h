/* The program's own log: one line per happening, typed fields, to a file descriptor.
 *
 * Not to be mixed up with a property's log of events, which lives in the store. A line is written whole or not at all,
 * in one write of at most LOG_LINE_SIZE bytes, and no line is ever worth waiting for: when the descriptor can't take it
 * at once (a reader that has stopped, a full disk), the line is dropped and counted, and the next one that gets
 * through says how many are missing. It refuses to rotate files, to format in printf's way, and to let a value break
 * its line or steer a terminal. Keeping secrets and personal data out is the caller's duty. Any thread.
 *
 *     log_line(log, LOG_INFO, "holds ended", LOG_I64("count", n), LOG_STR("reason", reason));
 *
 *     at=2026-11-22T10:00:00.123Z level=info message="holds ended" count=3 reason=expired
 *     {"at":"2026-11-22T10:00:00.123Z","level":"info","message":"holds ended","count":3,"reason":"expired"} */
#ifndef NIGHTLATCH_UTIL_LOG_H
#define NIGHTLATCH_UTIL_LOG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "core/id.h"
#include "util/clock.h"

enum {
    LOG_LINE_SIZE = 4096,  /* bytes of a line with its end: what a pipe takes in one piece (PIPE_BUF on Linux) */
    LOG_VALUE_SIZE = 1024, /* bytes of one value as written; more is cut and ends in "..." */
};

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

enum log_format {
    LOG_FORMAT_TEXT, /* key=value pairs, values in quotes where they need them */
    LOG_FORMAT_JSON, /* an object per line */
};

struct log {
    int fd; /* borrowed */
    enum log_format format;
    enum log_level level; /* lines below it are not written */
    const struct clock *clock;
    pthread_mutex_t mutex; /* guards what follows, and the order of lines */
    uint64_t dropped;      /* lines since the last one that got through */
    bool is_torn;          /* the last line got through in part; end it before the next */
};

enum log_field_kind {
    LOG_FIELD_END,
    LOG_FIELD_I64,
    LOG_FIELD_BOOL,
    LOG_FIELD_STR,
    LOG_FIELD_INSTANT,
    LOG_FIELD_ID,
};

struct log_field {
    enum log_field_kind kind;
    const char *name; /* a plain word of ours, written as it stands */
    union {
        int64_t i64;
        bool flag;
        struct str str;
        struct {
            enum id_kind kind;
            uint32_t property;
            struct id id;
        } id;
    } value;
};

/* Makers of fields. LOG_END stands where a line has none. */
#define LOG_I64(key, number) ((struct log_field){.kind = LOG_FIELD_I64, .name = (key), .value.i64 = (number)})
#define LOG_BOOL(key, is) ((struct log_field){.kind = LOG_FIELD_BOOL, .name = (key), .value.flag = (is)})
#define LOG_STR(key, text) ((struct log_field){.kind = LOG_FIELD_STR, .name = (key), .value.str = (text)})
#define LOG_CSTR(key, text) LOG_STR(key, str_from(text))
/* Milliseconds since the epoch, UTC, written as RFC 3339. */
#define LOG_INSTANT(key, ms) ((struct log_field){.kind = LOG_FIELD_INSTANT, .name = (key), .value.i64 = (ms)})
/* A public id; an id that is none is written as null. */
#define LOG_ID(key, id_kind, number, which)                                                                            \
    ((struct log_field){                                                                                               \
        .kind = LOG_FIELD_ID, .name = (key), .value.id = {.kind = (id_kind), .property = (number), .id = (which)}})
/* A failure, at the boundary where it is logged. */
#define LOG_ERR(err) LOG_CSTR("error", (err)->message)
#define LOG_END ((struct log_field){.kind = LOG_FIELD_END})

/* Writes to `fd`, which stays the caller's and must stay open, with times from `clock`. */
void log_init(struct log *log, int fd, enum log_format format, enum log_level level, const struct clock *clock);

/* No thread may be writing. Does not close the descriptor. */
void log_done(struct log *log);

/* Writes one line, or counts it as dropped. `message` is a fixed, plain sentence of ours: what varies is a field.
 * Fields past LOG_LINE_SIZE are left out, and truncated=true is added. A closed pipe raises SIGPIPE unless the process
 * ignores it, as a server does. errno is kept. Prefer log_line(). */
void log_write(struct log *log, enum log_level level, const char *message, const struct log_field *fields,
               size_t count);

#define log_line(log, level, message, ...)                                                                             \
    log_write((log), (level), (message), (const struct log_field[]){__VA_ARGS__},                                      \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

/* Finds a level or format by its name ("debug", "info", "warning", "error"; "text", "json"). */
bool log_level_parse(struct str name, enum log_level *ret_level) __attribute__((warn_unused_result));
bool log_format_parse(struct str name, enum log_format *ret_format) __attribute__((warn_unused_result));

#endif
