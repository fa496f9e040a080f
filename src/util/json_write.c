/* The writer keeps one bit per open level (object or array) and whether a comma is due; all else is in the text. */
#include "util/json_write.h"

#include <assert.h>

#include "core/date.h"
#include "util/utf8.h"

void
json_writer_init(struct json_writer *writer, struct text *text)
{
    *writer = (struct json_writer){.text = text};
}

void
json_text_reopen(struct text *text)
{
    if (text->overflowed)
        return;
    assert(text->len > 0 && text->ptr[text->len - 1] == '}');
    text->len--;
}

size_t
json_text_more_begin(struct text *text, struct json_writer *ret_writer)
{
    json_text_reopen(text);
    size_t at = text->len;
    json_writer_init(ret_writer, text);
    json_write_object_begin(ret_writer);
    return at;
}

/* What opens the second object goes on with the first. */
void
json_text_more_end(struct json_writer *writer, size_t at)
{
    struct text *text = writer->text;
    json_write_object_end(writer);
    if (!text->overflowed)
        text->ptr[at] = ',';
}

void
json_writer_done(const struct json_writer *writer)
{
    assert(writer->depth == 0 && writer->needs_comma && !writer->has_key);
}

static bool
in_object(const struct json_writer *writer)
{
    return writer->depth > 0 && (writer->objects >> (writer->depth - 1) & 1) != 0;
}

/* What comes before any value: a comma in an array, nothing after a key. */
static void
before_value(struct json_writer *writer)
{
    assert(in_object(writer) == writer->has_key);
    assert(writer->depth > 0 || !writer->needs_comma);
    if (writer->needs_comma && !writer->has_key)
        text_put_char(writer->text, ',');
    writer->has_key = false;
    writer->needs_comma = true;
}

static void
begin(struct json_writer *writer, bool object)
{
    before_value(writer);
    assert(writer->depth < JSON_WRITER_DEPTH_MAX);
    uint64_t bit = (uint64_t)1 << writer->depth++;
    writer->objects = object ? writer->objects | bit : writer->objects & ~bit;
    writer->needs_comma = false;
    text_put_char(writer->text, object ? '{' : '[');
}

static void
end(struct json_writer *writer, bool object)
{
    assert(writer->depth > 0 && in_object(writer) == object && !writer->has_key);
    writer->depth--;
    writer->needs_comma = true;
    text_put_char(writer->text, object ? '}' : ']');
}

void
json_write_object_begin(struct json_writer *writer)
{
    begin(writer, true);
}

void
json_write_object_end(struct json_writer *writer)
{
    end(writer, true);
}

void
json_write_array_begin(struct json_writer *writer)
{
    begin(writer, false);
}

void
json_write_array_end(struct json_writer *writer)
{
    end(writer, false);
}

/* Bytes from the front of `s` that stand for themselves: ASCII without controls, quote and backslash. */
static size_t
plain_len(struct str s)
{
    size_t len = 0;
    while (len < s.len) {
        unsigned char c = (unsigned char)s.ptr[len];
        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
            break;
        len++;
    }
    return len;
}

static void
put_escape(struct text *text, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char two[] = {'\\', (char)c};
    switch (c) {
    case '"':
    case '\\': break;
    case '\b': two[1] = 'b'; break;
    case '\f': two[1] = 'f'; break;
    case '\n': two[1] = 'n'; break;
    case '\r': two[1] = 'r'; break;
    case '\t': two[1] = 't'; break;
    default: {
        char six[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        text_put(text, str_of(six, sizeof(six)));
        return;
    }
    }
    text_put(text, str_of(two, sizeof(two)));
}

/* One character that is not plain; returns the bytes it took. */
static size_t
put_special(struct text *text, struct str s)
{
    unsigned char c = (unsigned char)s.ptr[0];
    if (c < 0x80) {
        put_escape(text, c);
        return 1;
    }
    uint32_t code;
    size_t len = utf8_take(s, &code);
    if (len == 0) {
        text_put(text, STR("\xef\xbf\xbd"));
        return 1;
    }
    text_put(text, str_of(s.ptr, len));
    return len;
}

static void
put_quoted(struct text *text, struct str s)
{
    text_put_char(text, '"');
    for (;;) {
        size_t len = plain_len(s);
        text_put(text, str_of(s.ptr, len));
        if (len == s.len)
            break;
        s = (struct str){s.ptr + len, s.len - len};
        len = put_special(text, s);
        s = (struct str){s.ptr + len, s.len - len};
    }
    text_put_char(text, '"');
}

static void
before_key(struct json_writer *writer)
{
    assert(in_object(writer) && !writer->has_key);
    if (writer->needs_comma)
        text_put_char(writer->text, ',');
    writer->has_key = true;
}

void
json_write_key(struct json_writer *writer, const char *name)
{
    before_key(writer);
    size_t len = strlen(name);
    char *at = text_extend(writer->text, len + 3);
    if (at == NULL)
        return;
    at[0] = '"';
    memcpy(at + 1, name, len);
    at[len + 1] = '"';
    at[len + 2] = ':';
}

void
json_write_key_str(struct json_writer *writer, struct str name)
{
    before_key(writer);
    put_quoted(writer->text, name);
    text_put_char(writer->text, ':');
}

void
json_write_str(struct json_writer *writer, struct str value)
{
    before_value(writer);
    put_quoted(writer->text, value);
}

void
json_write_i64(struct json_writer *writer, int64_t value)
{
    before_value(writer);
    text_put_i64(writer->text, value);
}

void
json_write_bool(struct json_writer *writer, bool value)
{
    before_value(writer);
    text_put(writer->text, value ? STR("true") : STR("false"));
}

void
json_write_null(struct json_writer *writer)
{
    before_value(writer);
    text_put(writer->text, STR("null"));
}

void
json_write_raw(struct json_writer *writer, struct str json)
{
    assert(json.len > 0);
    before_value(writer);
    text_put(writer->text, json);
}

/* A text of ours that needs no escaping. */
static void
write_quoted_plain(struct json_writer *writer, struct str plain)
{
    before_value(writer);
    text_put_char(writer->text, '"');
    text_put(writer->text, plain);
    text_put_char(writer->text, '"');
}

void
json_write_date(struct json_writer *writer, int32_t date)
{
    char out[DATE_TEXT_SIZE];
    date_format(date, out);
    write_quoted_plain(writer, str_from(out));
}

void
json_write_instant(struct json_writer *writer, int64_t ms)
{
    char out[INSTANT_TEXT_SIZE];
    instant_format(ms, out);
    write_quoted_plain(writer, str_from(out));
}

void
json_write_id(struct json_writer *writer, enum id_kind kind, uint32_t property, struct id id)
{
    char out[ID_TEXT_SIZE];
    id_format(kind, property, id, out);
    write_quoted_plain(writer, str_from(out));
}
