/* One pass, one buffer: the head of a small reply is about ten memcpy calls. */
#include "net/http_writer.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

#include "net/http_lines.h"

enum { FIELDS_CAPACITY = 256 };

static struct str
status_line(int status)
{
#define STATUS(number, phrase)                                                                                         \
    case number: return STR("HTTP/1.1 " #number " " phrase "\r\n")
    switch (status) {
        STATUS(100, "Continue");
        STATUS(101, "Switching Protocols");
        STATUS(200, "OK");
        STATUS(201, "Created");
        STATUS(202, "Accepted");
        STATUS(204, "No Content");
        STATUS(301, "Moved Permanently");
        STATUS(302, "Found");
        STATUS(303, "See Other");
        STATUS(304, "Not Modified");
        STATUS(307, "Temporary Redirect");
        STATUS(308, "Permanent Redirect");
        STATUS(400, "Bad Request");
        STATUS(401, "Unauthorized");
        STATUS(403, "Forbidden");
        STATUS(404, "Not Found");
        STATUS(405, "Method Not Allowed");
        STATUS(406, "Not Acceptable");
        STATUS(408, "Request Timeout");
        STATUS(409, "Conflict");
        STATUS(410, "Gone");
        STATUS(411, "Length Required");
        STATUS(412, "Precondition Failed");
        STATUS(413, "Content Too Large");
        STATUS(414, "URI Too Long");
        STATUS(415, "Unsupported Media Type");
        STATUS(417, "Expectation Failed");
        STATUS(421, "Misdirected Request");
        STATUS(422, "Unprocessable Content");
        STATUS(426, "Upgrade Required");
        STATUS(428, "Precondition Required");
        STATUS(429, "Too Many Requests");
        STATUS(431, "Request Header Fields Too Large");
        STATUS(500, "Internal Server Error");
        STATUS(501, "Not Implemented");
        STATUS(502, "Bad Gateway");
        STATUS(503, "Service Unavailable");
        STATUS(504, "Gateway Timeout");
        STATUS(505, "HTTP Version Not Supported");
        STATUS(507, "Insufficient Storage");
    default: return (struct str){NULL, 0};
    }
#undef STATUS
}

static void
put_status_line(struct text *out, int status)
{
    assert(status >= 100 && status <= 599);
    struct str line = status_line(status);
    if (line.ptr != NULL) {
        text_put(out, line);
        return;
    }
    /* the phrase may be empty, the blank before it may not (RFC 9112 4) */
    text_put(out, STR("HTTP/1.1 "));
    text_put_i64(out, status);
    text_put(out, STR(" \r\n"));
}

static bool
field_is_reserved(struct str name)
{
    static const struct str reserved[] = {
        {"Content-Length", 14}, {"Transfer-Encoding", 17}, {"Connection", 10}, {"Upgrade", 7}, {"Date", 4},
        {"Server", 6},
    };
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
        if (str_equal_nocase(name, reserved[i]))
            return true;
    return false;
}

static bool
value_is_text(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!http_byte_is_text((unsigned char)value.ptr[i]))
            return false;
    return true;
}

static void
put_field(struct text *out, struct str name, struct str value)
{
    text_put(out, name);
    text_put(out, STR(": "));
    text_put(out, value);
    text_put(out, STR("\r\n"));
}

void
http_fields_init(struct http_fields *fields, struct arena *arena)
{
    text_init(&fields->text, arena, FIELDS_CAPACITY);
}

void
http_fields_add(struct http_fields *fields, struct str name, struct str value)
{
    assert(fields->text.arena != NULL);
    assert(http_str_is_token(name) && !field_is_reserved(name));
    assert(value_is_text(value));
    put_field(&fields->text, name, value);
}

void
http_fields_add_i64(struct http_fields *fields, struct str name, long long value)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%lld", value);
    http_fields_add(fields, name, str_of(text, (size_t)len));
}

struct str
http_fields_lines(const struct http_fields *fields)
{
    return text_str(&fields->text);
}

bool
http_fields_overflowed(const struct http_fields *fields)
{
    return fields->text.overflowed;
}

static bool
status_has_no_body(int status)
{
    return status < 200 || status == 204 || status == 304;
}

static void
put_length(struct text *out, uint64_t len)
{
    text_put(out, STR("Content-Length: "));
    text_put_i64(out, (long long)len);
    text_put(out, STR("\r\n"));
}

static void
put_framing(struct text *out, const struct http_head *head)
{
    switch (head->framing) {
    case HTTP_FRAMING_LENGTH:
        if (!status_has_no_body(head->status))
            put_length(out, head->body_len);
        break;
    case HTTP_FRAMING_CHUNKED:
        assert(head->minor == 1);
        text_put(out, STR("Transfer-Encoding: chunked\r\n"));
        break;
    case HTTP_FRAMING_CLOSE: assert(!head->keep_alive); break;
    case HTTP_FRAMING_UPGRADE:
        assert(head->status == 101 && http_str_is_token(head->upgrade));
        put_field(out, STR("Upgrade"), head->upgrade);
        text_put(out, STR("Connection: Upgrade\r\n"));
        break;
    }
}

void
http_write_head(struct text *out, const struct http_head *head)
{
    put_status_line(out, head->status);
    if (head->date.len > 0)
        put_field(out, STR("Date"), head->date);
    if (head->server.len > 0)
        put_field(out, STR("Server"), head->server);
    put_framing(out, head);
    if (head->framing != HTTP_FRAMING_UPGRADE && head->keep_alive && head->minor == 0)
        text_put(out, STR("Connection: keep-alive\r\n"));
    else if (head->framing != HTTP_FRAMING_UPGRADE && !head->keep_alive)
        text_put(out, STR("Connection: close\r\n"));
    text_put(out, head->fields);
    text_put(out, STR("\r\n"));
}

static bool
is_printable(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= 0x20 || s.ptr[i] >= 0x7f)
            return false;
    return s.len > 0;
}

void
http_write_request(struct text *out, const struct http_request_line *request)
{
    assert(http_str_is_token(request->method) && is_printable(request->target) && is_printable(request->host));
    text_put(out, request->method);
    text_put_char(out, ' ');
    text_put(out, request->target);
    text_put(out, STR(" HTTP/1.1\r\n"));
    put_field(out, STR("Host"), request->host);
    if (request->has_body)
        put_length(out, request->body_len);
    if (request->close)
        text_put(out, STR("Connection: close\r\n"));
    text_put(out, request->fields);
    text_put(out, STR("\r\n"));
}

struct str
http_write_continue(void)
{
    return STR("HTTP/1.1 100 Continue\r\n\r\n");
}

void
http_write_date(char ret_text[HTTP_DATE_LEN], int64_t wall_s)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;
    time_t at = (time_t)wall_s;
    char text[64];
    const struct tm *filled = gmtime_r(&at, &tm);
    assert(filled != NULL);
    int len = snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
                       months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    assert(len == HTTP_DATE_LEN);
    memcpy(ret_text, text, HTTP_DATE_LEN);
}

size_t
http_write_chunk_size(char ret_text[18], uint64_t len)
{
    assert(len > 0);
    char text[20];
    int text_len = snprintf(text, sizeof(text), "%llx\r\n", (unsigned long long)len);
    assert(text_len > 0 && text_len <= 18);
    memcpy(ret_text, text, (size_t)text_len);
    return (size_t)text_len;
}

struct str
http_write_chunk_end(void)
{
    return STR("0\r\n\r\n");
}
