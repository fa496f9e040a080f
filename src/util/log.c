/* A line is put together on the stack, field by field; a field that does not fit is taken back whole. Only then is the
 * mutex taken, for one write. Whether the write would wait is asked of poll(): a pipe that polls as writable takes
 * PIPE_BUF bytes without waiting, and a line is no longer than that. */
#include "util/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "core/date.h"
#include "util/utf8.h"

_Static_assert((int)LOG_LINE_SIZE <= PIPE_BUF, "a line must fit into one atomic write to a pipe");

static const char *const level_names[] = {"debug", "info", "warning", "error"};
static const char *const format_names[] = {"text", "json"};

/* -- putting a line together -- */

enum { TAIL_SIZE = 24 }; /* bytes kept free for `,"truncated":true}` and the line end */

struct line {
    char bytes[LOG_LINE_SIZE];
    size_t len;
    size_t room; /* bytes that may be used now */
    bool json;
    bool overflowed; /* something was put past `room` since this was last cleared */
};

static void
put(struct line *line, const void *bytes, size_t len)
{
    if (line->overflowed || len > line->room - line->len) {
        line->overflowed = true;
        return;
    }
    if (len > 0)
        memcpy(line->bytes + line->len, bytes, len);
    line->len += len;
}

static void
put_cstr(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

static void
put_i64(struct line *line, int64_t value)
{
    char digits[24], *at = digits + sizeof(digits);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        *--at = '-';
    put(line, at, (size_t)(digits + sizeof(digits) - at));
}

static size_t
hex_escape(char *out, char letter, uint32_t value, size_t digits)
{
    out[0] = '\\';
    out[1] = letter;
    for (size_t i = 0; i < digits; i++)
        out[2 + i] = "0123456789abcdef"[value >> (4 * (digits - 1 - i)) & 15];
    return 2 + digits;
}

/* The next character of *s as it is written in quotes; takes it off *s. Returns the bytes in `out`. */
static size_t
take_quoted(struct str *s, bool json, char out[8])
{
    uint32_t code;
    size_t len = utf8_take(*s, &code), written = len;
    if (len == 0) {
        /* the one byte that is wrong, told as such where the format can */
        written = json ? hex_escape(out, 'u', 0xfffd, 4) : hex_escape(out, 'x', (unsigned char)s->ptr[0], 2);
        len = 1;
    } else if (code == '"' || code == '\\' || code == '\n' || code == '\r' || code == '\t') {
        out[0] = '\\';
        out[1] = code == '\n' ? 'n' : code == '\r' ? 'r' : code == '\t' ? 't' : (char)code;
        written = 2;
    } else if (utf8_is_control(code)) {
        written = hex_escape(out, 'u', code, 4);
    } else {
        memcpy(out, s->ptr, len);
    }
    *s = (struct str){s->ptr + len, s->len - len};
    return written;
}

static void
put_quoted(struct line *line, struct str s)
{
    char value[LOG_VALUE_SIZE], piece[8];
    size_t len = 0;
    while (s.len > 0) {
        size_t more = take_quoted(&s, line->json, piece);
        if (len + more > sizeof(value) - 3) {
            memcpy(value + len, "...", 3);
            len += 3;
            break;
        }
        memcpy(value + len, piece, more);
        len += more;
    }
    put(line, "\"", 1);
    put(line, value, len);
    put(line, "\"", 1);
}

static bool
is_bare_word(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\')
            return false;
    }
    return s.len > 0 && s.len <= LOG_VALUE_SIZE;
}

static void
put_str(struct line *line, struct str s)
{
    if (!line->json && is_bare_word(s))
        put(line, s.ptr, s.len);
    else
        put_quoted(line, s);
}

static void
put_key(struct line *line, const char *name)
{
    bool first = line->len == (line->json ? 1 : 0);
    if (line->json)
        put_cstr(line, first ? "\"" : ",\"");
    else if (!first)
        put_cstr(line, " ");
    put_cstr(line, name);
    put_cstr(line, line->json ? "\":" : "=");
}

static void
put_instant(struct line *line, int64_t ms)
{
    char out[INSTANT_TEXT_SIZE];
    if (!instant_in_range(ms)) {
        put_i64(line, ms);
        return;
    }
    instant_format(ms, out);
    put_str(line, str_from(out));
}

static void
put_id(struct line *line, const struct log_field *field)
{
    char out[ID_TEXT_SIZE];
    if (id_is_none(field->value.id.id)) {
        put_cstr(line, "null");
        return;
    }
    id_format(field->value.id.kind, field->value.id.property, field->value.id.id, out);
    put_str(line, str_from(out));
}

static void
put_value(struct line *line, const struct log_field *field)
{
    switch (field->kind) {
    case LOG_FIELD_END: break;
    case LOG_FIELD_I64: put_i64(line, field->value.i64); break;
    case LOG_FIELD_BOOL: put_cstr(line, field->value.flag ? "true" : "false"); break;
    case LOG_FIELD_STR: put_str(line, field->value.str); break;
    case LOG_FIELD_INSTANT: put_instant(line, field->value.i64); break;
    case LOG_FIELD_ID: put_id(line, field); break;
    }
}

/* Puts the field, or nothing of it; false when it did not fit. */
static bool
put_field(struct line *line, const struct log_field *field)
{
    size_t before = line->len;
    put_key(line, field->name);
    put_value(line, field);
    bool fits = !line->overflowed;
    if (!fits)
        line->len = before;
    line->overflowed = false;
    return fits;
}

static void
compose(struct line *line, const struct log *log, int64_t now_ms, enum log_level level, const char *message,
        const struct log_field *fields, size_t count)
{
    *line = (struct line){.room = sizeof(line->bytes) - TAIL_SIZE, .json = log->format == LOG_FORMAT_JSON};
    if (line->json)
        put_cstr(line, "{");
    bool complete = put_field(line, &LOG_INSTANT("at", now_ms));
    complete &= put_field(line, &LOG_CSTR("level", level_names[level]));
    complete &= put_field(line, &LOG_CSTR("message", message));
    for (size_t i = 0; i < count && fields[i].kind != LOG_FIELD_END; i++)
        complete &= put_field(line, &fields[i]);
    line->room = sizeof(line->bytes);
    if (!complete)
        (void)put_field(line, &LOG_BOOL("truncated", true));
    put_cstr(line, line->json ? "}\n" : "\n");
}

/* -- getting it out -- */

/* Writes what the descriptor takes without waiting; returns the bytes written. */
static size_t
write_ready(int fd, const char *bytes, size_t len)
{
    size_t done = 0;
    while (done < len) {
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        if (poll(&ready, 1, 0) <= 0 || (ready.revents & POLLOUT) == 0)
            break;
        ssize_t written = write(fd, bytes + done, len - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break;
        done += (size_t)written;
    }
    return done;
}

/* With the mutex held. */
static void
send_line(struct log *log, const struct line *line)
{
    if (log->is_torn && write_ready(log->fd, "\n", 1) == 1)
        log->is_torn = false;
    size_t written = log->is_torn ? 0 : write_ready(log->fd, line->bytes, line->len);
    if (written == line->len)
        return;
    log->is_torn = log->is_torn || written > 0;
    log->dropped++;
}

/* With the mutex held. The line that tells is not itself counted when it does not get through. */
static void
tell_dropped(struct log *log, struct line *line, int64_t now_ms)
{
    uint64_t missing = log->dropped;
    const struct log_field count = LOG_I64("count", (int64_t)missing);
    compose(line, log, now_ms, LOG_WARNING, "log lines were dropped", &count, 1);
    log->dropped = 0;
    send_line(log, line);
    if (log->dropped > 0)
        log->dropped = missing;
}

void
log_write(struct log *log, enum log_level level, const char *message, const struct log_field *fields, size_t count)
{
    if (level < log->level)
        return;
    int saved = errno;
    int64_t now_ms = clock_now_ms(log->clock);
    struct line line, telling;
    compose(&line, log, now_ms, level, message, fields, count);
    (void)pthread_mutex_lock(&log->mutex);
    if (log->dropped > 0)
        tell_dropped(log, &telling, now_ms);
    send_line(log, &line);
    (void)pthread_mutex_unlock(&log->mutex);
    errno = saved;
}

void
log_init(struct log *log, int fd, enum log_format format, enum log_level level, const struct clock *clock)
{
    *log = (struct log){.fd = fd, .format = format, .level = level, .clock = clock};
    (void)pthread_mutex_init(&log->mutex, NULL);
}

void
log_done(struct log *log)
{
    (void)pthread_mutex_destroy(&log->mutex);
}

static bool
find_name(struct str name, const char *const *names, size_t count, size_t *ret_index)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(name, str_from(names[i]))) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

bool
log_level_parse(struct str name, enum log_level *ret_level)
{
    size_t index;
    if (!find_name(name, level_names, sizeof(level_names) / sizeof(level_names[0]), &index))
        return false;
    *ret_level = (enum log_level)index;
    return true;
}

bool
log_format_parse(struct str name, enum log_format *ret_format)
{
    size_t index;
    if (!find_name(name, format_names, sizeof(format_names) / sizeof(format_names[0]), &index))
        return false;
    *ret_format = (enum log_format)index;
    return true;
}
