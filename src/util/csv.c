/* The reader is a machine with one function per state, fed byte by byte; it can stop after any byte, so a file may
 * come in pieces of any size. */
#include "util/csv.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "core/date.h"
#include "util/utf8.h"

#define MARK "\xef\xbb\xbf" /* the byte order mark */
enum { MARK_LEN = 3 };

/* -- writing -- */

void
csv_writer_init(struct csv_writer *writer, struct text *text)
{
    *writer = (struct csv_writer){.text = text};
}

/* Also in full width (U+FF0B, U+FF0D, U+FF1D, U+FF20), which some spreadsheets take for the same signs. */
static bool
starts_formula(struct str s)
{
    static const char *const wide[] = {"\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\x9d", "\xef\xbc\xa0"};
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (str_starts_with(s, str_from(wide[i])))
            return true;
    return s.len > 0 && strchr("=+-@\t\r", s.ptr[0]) != NULL && s.ptr[0] != '\0';
}

/* Any number of ' and then the beginning of a formula. */
static bool
needs_guard(struct str s)
{
    size_t i = 0;
    while (i < s.len && s.ptr[i] == '\'')
        i++;
    return i < s.len && starts_formula(str_of(s.ptr + i, s.len - i)); /* an empty one may have no address */
}

/* The byte order mark among them: at the beginning of a file it would be dropped, and bare what stands behind it. */
static bool
needs_quotes(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == ',' || s.ptr[i] == '"' || s.ptr[i] == '\r' || s.ptr[i] == '\n')
            return true;
    return s.len > 0 && (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' ' || str_starts_with(s, STR(MARK)));
}

static void
before_field(struct csv_writer *writer)
{
    if (writer->in_row)
        text_put_char(writer->text, ',');
    writer->in_row = true;
}

static void
put_doubling_quotes(struct text *text, struct str s)
{
    while (s.ptr != NULL) {
        struct str piece = str_split(&s, '"');
        text_put(text, piece);
        if (s.ptr != NULL)
            text_put(text, STR("\"\""));
    }
}

void
csv_write_str(struct csv_writer *writer, struct str value)
{
    bool first = !writer->in_row;
    before_field(writer);
    /* a row of one empty field would be an empty line */
    bool quoted = needs_quotes(value) || (first && value.len == 0);
    if (quoted)
        text_put_char(writer->text, '"');
    if (needs_guard(value))
        text_put_char(writer->text, '\'');
    put_doubling_quotes(writer->text, value);
    if (quoted)
        text_put_char(writer->text, '"');
}

void
csv_write_i64(struct csv_writer *writer, int64_t value)
{
    before_field(writer);
    text_put_i64(writer->text, value);
}

void
csv_write_date(struct csv_writer *writer, int32_t date)
{
    char out[DATE_TEXT_SIZE];
    date_format(date, out);
    before_field(writer);
    text_put(writer->text, str_from(out));
}

void
csv_write_instant(struct csv_writer *writer, int64_t ms)
{
    char out[INSTANT_TEXT_SIZE];
    instant_format(ms, out);
    before_field(writer);
    text_put(writer->text, str_from(out));
}

void
csv_write_id(struct csv_writer *writer, enum id_kind kind, uint32_t property, struct id id)
{
    char out[ID_TEXT_SIZE] = "";
    if (!id_is_none(id))
        id_format(kind, property, id, out);
    csv_write_str(writer, str_from(out));
}

void
csv_write_empty(struct csv_writer *writer)
{
    csv_write_str(writer, STR(""));
}

void
csv_end_row(struct csv_writer *writer)
{
    assert(writer->in_row);
    text_put(writer->text, STR("\r\n"));
    writer->in_row = false;
}

struct str
csv_unguard(struct str field)
{
    if (field.len > 1 && field.ptr[0] == '\'' && needs_guard(field))
        return (struct str){field.ptr + 1, field.len - 1};
    return field;
}

/* -- reading -- */

enum state {
    ROW_START,    /* nothing of the row yet: at the end of the file there is no row */
    FIELD_START,  /* behind a separator */
    PLAIN,        /* in a field without quotes */
    QUOTED,       /* behind an opening quote */
    QUOTE_BEHIND, /* behind a quote that may be the closing one, or the first of two */
    CR_BEHIND,    /* behind the CR of a CRLF */
    ROW_END,
};

/* Without the lines of nothing but blanks at the beginning, nor a byte order mark before them. */
static struct str
behind_blank_lines(struct str bytes)
{
    size_t begin = str_starts_with(bytes, STR(MARK)) ? MARK_LEN : 0;
    for (size_t i = begin; i < bytes.len && memchr(" \t\r\n", bytes.ptr[i], 4) != NULL; i++)
        if (bytes.ptr[i] == '\n')
            begin = i + 1;
    return str_of(bytes.ptr + begin, bytes.len - begin);
}

char
csv_separator_of(struct str bytes)
{
    bytes = behind_blank_lines(bytes);
    bool quoted = false, has_comma = false, has_semicolon = false, has_tab = false;
    for (size_t i = 0; i < bytes.len && !has_comma; i++) {
        char c = bytes.ptr[i];
        quoted ^= c == '"'; /* one that is doubled is out and in again */
        if (quoted)
            continue;
        if (c == '\r' || c == '\n')
            break;
        has_comma |= c == ',';
        has_semicolon |= c == ';';
        has_tab |= c == '\t';
    }
    return has_comma || has_semicolon == has_tab ? ',' : has_tab ? '\t' : ';';
}

size_t
csv_preface_of(struct str bytes, char *ret_separator)
{
    static const char word[] = "sep=";
    enum { WORD_LEN = sizeof(word) - 1 };
    size_t at = bytes.len >= MARK_LEN && memcmp(bytes.ptr, MARK, MARK_LEN) == 0 ? MARK_LEN : 0;
    if (bytes.len < at + WORD_LEN + 2 || strncasecmp(bytes.ptr + at, word, WORD_LEN) != 0)
        return 0;
    char separator = bytes.ptr[at + WORD_LEN];
    at += WORD_LEN + 1;
    at += bytes.ptr[at] == '\r' ? 1 : 0;
    if ((separator != ',' && separator != ';' && separator != '\t') || at == bytes.len || bytes.ptr[at] != '\n')
        return 0;
    *ret_separator = separator;
    return at + 1;
}

void
csv_reader_init(struct csv_reader *reader)
{
    *reader = (struct csv_reader){.separator = ','};
    /* a growing text leaves its smaller pieces behind */
    arena_init(&reader->arena, (size_t)4 * CSV_ROW_BYTES_MAX);
}

void
csv_reader_done(struct csv_reader *reader)
{
    arena_done(&reader->arena);
}

void
csv_reader_feed(struct csv_reader *reader, struct str bytes)
{
    assert(reader->input.len == 0 && !reader->ended);
    reader->input = bytes;
}

void
csv_reader_feed_file(struct csv_reader *reader, struct str bytes)
{
    char separator = csv_separator_of(bytes);
    size_t preface = csv_preface_of(bytes, &separator);
    assert(reader->line == 0);
    reader->separator = separator;
    if (preface > 0) {
        reader->line = 2;
        reader->state = ROW_END; /* of the line that is no row */
        reader->mark_len = MARK_LEN;
    }
    csv_reader_feed(reader, str_of(bytes.ptr + preface, bytes.len - preface));
}

void
csv_reader_end(struct csv_reader *reader)
{
    reader->ended = true;
}

static bool
wrong_at(struct csv_reader *reader, struct err *err, enum err_kind kind, int64_t line, const char *what)
{
    reader->wrong = what;
    reader->wrong_line = line;
    err_set(err, kind, "line %lld: %s", (long long)line, what);
    return false;
}

static bool
wrong(struct csv_reader *reader, struct err *err, const char *what)
{
    return wrong_at(reader, err, ERR_DATA, reader->line, what);
}

/* A problem of the row as a whole, told at the line where it begins. */
static bool
wrong_row(struct csv_reader *reader, struct err *err, enum err_kind kind, const char *what)
{
    return wrong_at(reader, err, kind, reader->row_line, what);
}

/* One more than there may be is counted, for check_row(). */
static void
end_field(struct csv_reader *reader)
{
    if (reader->count < CSV_FIELD_MAX)
        reader->ends[reader->count] = reader->text.len;
    reader->count++;
}

static bool
keep(struct csv_reader *reader, char c, struct err *err)
{
    if (c == '\0')
        return wrong(reader, err, "a NUL byte");
    if (reader->text.len == CSV_ROW_BYTES_MAX)
        return wrong_row(reader, err, ERR_DATA, "the row is too long");
    text_put_char(&reader->text, c);
    return true;
}

/* What stands between fields, or the end of the row; false when it is neither. */
static bool
take_separator(struct csv_reader *reader, char c)
{
    if (c != reader->separator && c != '\r' && c != '\n')
        return false;
    reader->state = c == reader->separator ? FIELD_START : c == '\r' ? CR_BEHIND : ROW_END;
    end_field(reader);
    return true;
}

static bool
step_outside_quotes(struct csv_reader *reader, char c, struct err *err)
{
    if (take_separator(reader, c))
        return true;
    bool fresh = reader->state != PLAIN;
    if (c == '"' && !fresh)
        return wrong(reader, err, "a quote inside a field that does not begin with one");
    reader->state = c == '"' ? QUOTED : PLAIN;
    reader->quoted |= c == '"';
    return c == '"' || keep(reader, c, err);
}

static bool
step_behind_quote(struct csv_reader *reader, char c, struct err *err)
{
    if (c == '"') {
        reader->state = QUOTED;
        return keep(reader, c, err);
    }
    return take_separator(reader, c) || wrong(reader, err, "something follows a closing quote");
}

static bool
step(struct csv_reader *reader, char c, struct err *err)
{
    switch ((enum state)reader->state) {
    case ROW_START:
    case FIELD_START:
    case PLAIN: return step_outside_quotes(reader, c, err);
    case QUOTED:
        if (c == '"') {
            reader->state = QUOTE_BEHIND;
            return true;
        }
        return keep(reader, c, err);
    case QUOTE_BEHIND: return step_behind_quote(reader, c, err);
    case CR_BEHIND:
        if (c != '\n')
            return wrong(reader, err, "a carriage return without a line feed");
        reader->state = ROW_END;
        return true;
    case ROW_END: break;
    }
    return false;
}

/* The end of the file: the last row needs no line end. */
static bool
finish(struct csv_reader *reader, struct err *err)
{
    switch ((enum state)reader->state) {
    case QUOTED: return wrong_row(reader, err, ERR_DATA, "the file ends inside quotes");
    case CR_BEHIND: return wrong(reader, err, "a carriage return without a line feed");
    case FIELD_START:
    case PLAIN:
    case QUOTE_BEHIND:
        reader->state = ROW_END;
        end_field(reader);
        break;
    case ROW_START:
    case ROW_END: break;
    }
    return true;
}

static bool
is_blank(const struct csv_reader *reader)
{
    return reader->count == 1 && !reader->quoted && !reader->text.overflowed &&
           str_trim(text_str(&reader->text)).len == 0;
}

/* Where the first row has too many fields, nothing is known of how many another may have. */
static enum csv_result
check_row(struct csv_reader *reader, struct err *err)
{
    if (reader->text.overflowed) {
        (void)wrong_row(reader, err, ERR_MEMORY, "no memory for the row");
        return CSV_WRONG;
    }
    struct str bytes = text_str(&reader->text);
    size_t starts = 0;
    for (size_t i = 0; i < reader->count && i < CSV_FIELD_MAX; i++) {
        reader->fields[i] = str_of(bytes.ptr + starts, reader->ends[i] - starts);
        starts = reader->ends[i];
        if (!utf8_is_valid(reader->fields[i])) {
            (void)wrong_row(reader, err, ERR_DATA, "not UTF-8");
            return CSV_WRONG;
        }
    }
    if (reader->expected == 0 && reader->count <= CSV_FIELD_MAX)
        reader->expected = reader->count;
    if (reader->count == reader->expected)
        return CSV_ROW;
    (void)wrong_row(reader, err, ERR_DATA,
                    reader->count > CSV_FIELD_MAX ? "too many fields" : "not as many fields as in the first row");
    return reader->expected == 0 ? CSV_WRONG : CSV_RAGGED;
}

static void
begin_row(struct csv_reader *reader)
{
    arena_reset(&reader->arena);
    text_init(&reader->text, &reader->arena, 1024);
    reader->count = 0;
    reader->quoted = false;
    reader->state = ROW_START;
    reader->row_line = reader->line;
}

/* What was held back as a byte order mark was none: it is part of the first field. */
static bool
release_mark(struct csv_reader *reader, struct err *err)
{
    size_t held = reader->mark_len == MARK_LEN ? 0 : reader->mark_len;
    reader->mark_len = MARK_LEN;
    for (size_t i = 0; i < held; i++)
        if (!step(reader, MARK[i], err))
            return false;
    return true;
}

static bool
take_byte(struct csv_reader *reader, char c, struct err *err)
{
    if (reader->mark_len < MARK_LEN && c == MARK[reader->mark_len]) {
        reader->mark_len++;
        return true;
    }
    if (!release_mark(reader, err) || !step(reader, c, err))
        return false;
    reader->line += c == '\n';
    return true;
}

/* The next line that ends a row, be it blank. */
static enum csv_result
next_line(struct csv_reader *reader, struct err *err)
{
    if (reader->line == 0 || reader->state == ROW_END) {
        reader->line += reader->line == 0;
        begin_row(reader);
    }
    while (reader->state != ROW_END && reader->input.len > 0) {
        char c = reader->input.ptr[0];
        reader->input = (struct str){reader->input.ptr + 1, reader->input.len - 1};
        if (!take_byte(reader, c, err))
            return CSV_WRONG;
    }
    if (reader->state != ROW_END && !reader->ended)
        return CSV_MORE;
    if (reader->state != ROW_END && (!release_mark(reader, err) || !finish(reader, err)))
        return CSV_WRONG;
    if (reader->state == ROW_START)
        return CSV_END;
    return CSV_ROW;
}

enum csv_result
csv_reader_next(struct csv_reader *reader, struct csv_row *ret_row, struct err *err)
{
    enum csv_result result;
    do
        result = next_line(reader, err);
    while (result == CSV_ROW && is_blank(reader));
    if (result == CSV_ROW)
        result = check_row(reader, err);
    if (result == CSV_ROW)
        *ret_row = (struct csv_row){.fields = reader->fields, .count = reader->count, .line = reader->row_line};
    return result;
}
