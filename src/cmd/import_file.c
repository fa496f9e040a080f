/* Both formats are read in one pass over the whole file in memory: an import checks every line before the first. */
#include "cmd/import_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/import_line.h"
#include "api/parts.h"
#include "util/csv.h"
#include "util/json.h"
#include "util/utf8.h"

enum { FILE_MAX = 256 << 20 };

/* --- the file --- */

/* All of it, terminated; the caller's to free(). NULL with *err. */
static char *
read_whole(const char *path, size_t *ret_len, struct err *err)
{
    FILE *in = fopen(path, "re");
    if (in == NULL) {
        err_set(err, ERR_NO_INPUT, "%s: %s", path, strerror(errno));
        return NULL;
    }
    size_t capacity = 1 << 20, len = 0, got;
    char *bytes = malloc(capacity);
    while (bytes != NULL && (got = fread(bytes + len, 1, capacity - len - 1, in)) > 0) {
        len += got;
        if (len + 1 < capacity || len >= FILE_MAX)
            continue;
        char *wider = realloc(bytes, capacity *= 2);
        if (wider == NULL)
            free(bytes);
        bytes = wider;
    }
    bool failed = ferror(in) != 0;
    (void)fclose(in);
    if (bytes == NULL || failed || len >= FILE_MAX) {
        if (bytes == NULL)
            err_set(err, ERR_MEMORY, "no memory to read %s", path);
        else
            err_set(err, failed ? ERR_IO : ERR_DATA, failed ? "%s can't be read" : "%s is over 256 MiB: split it",
                    path);
        free(bytes);
        return NULL;
    }
    bytes[len] = '\0';
    *ret_len = len;
    return bytes;
}

/* A new line at the end; NULL with *err. */
static struct import_line *
add_line(struct import_file *file, int64_t number, struct err *err)
{
    if (file->count == IMPORT_LINES_MAX) {
        err_set(err, ERR_DATA, "the file has more than %d lines: split it", IMPORT_LINES_MAX);
        return NULL;
    }
    if ((file->count & (file->count - 1)) == 0) {
        size_t capacity = file->count == 0 ? 1 : file->count * 2;
        struct import_line *wider = realloc(file->lines, capacity * sizeof(*wider));
        if (wider == NULL) {
            err_set(err, ERR_MEMORY, "no memory for the file's lines");
            return NULL;
        }
        file->lines = wider;
    }
    struct import_line *line = &file->lines[file->count++];
    *line = (struct import_line){.number = number};
    return line;
}

/* Without the blanks at both ends, which a request may have too and which name nothing. */
static void
set_field(json_t *fields, const char *name, struct str text)
{
    struct str value = str_trim(text);
    if (value.len > 0)
        (void)json_object_set_new(fields, name, json_stringn(value.ptr, value.len));
}

/* --- CSV --- */

static bool
take_header(struct import_file *file, const struct csv_row *row, struct err *err)
{
    file->columns = json_array();
    file->header_line = row->line;
    for (size_t i = 0; i < row->count; i++) {
        struct str name = str_trim(csv_unguard(row->fields[i]));
        json_t *text = json_stringn(name.len == 0 ? "" : name.ptr, name.len);
        if (text != NULL && name.len > 0 && file->columns != NULL && import_has_column(file->columns, name)) {
            json_decref(text);
            err_set(err, ERR_DATA, "the header has the column \"%.*s\" twice", STR_ARG(name));
            return false;
        }
        if (json_array_append_new(file->columns, text) != 0) {
            err_set(err, ERR_MEMORY, "no memory for the header");
            return false;
        }
    }
    return true;
}

static bool
take_row(struct import_file *file, const struct csv_row *row, struct err *err)
{
    struct import_line *line = add_line(file, row->line, err);
    if (line == NULL)
        return false;
    line->fields = json_object();
    for (size_t i = 0; i < row->count; i++)
        set_field(line->fields, json_string_value(json_array_get(file->columns, i)), csv_unguard(row->fields[i]));
    return true;
}

/* One whose fields can't be told apart, or are not those of the header. */
static bool
take_wrong_row(struct import_file *file, enum csv_result result, const struct csv_reader *reader, struct err *err)
{
    struct import_line *line = add_line(file, reader->wrong_line, err);
    if (line == NULL)
        return false;
    file->is_cut = result == CSV_WRONG;
    (void)snprintf(line->wrong, sizeof(line->wrong), "%s%s", reader->wrong, file->is_cut ? IMPORT_READ_NO_FURTHER : "");
    return true;
}

static bool
read_rows(struct import_file *file, struct csv_reader *reader, struct err *err)
{
    struct csv_row row;
    struct err wrong;
    for (;;) {
        enum csv_result result = csv_reader_next(reader, &row, &wrong);
        if (result == CSV_MORE) {
            csv_reader_end(reader);
        } else if (result == CSV_ROW) {
            if (!(file->columns == NULL ? take_header(file, &row, err) : take_row(file, &row, err)))
                return false;
        } else if (result == CSV_END) {
            return true;
        } else if (!take_wrong_row(file, result, reader, err)) {
            return false;
        } else if (result == CSV_WRONG) {
            return true;
        }
    }
}

static bool
read_csv(struct import_file *file, struct str bytes, struct err *err)
{
    struct csv_reader reader;
    csv_reader_init(&reader);
    csv_reader_feed_file(&reader, bytes);
    bool read = read_rows(file, &reader, err);
    csv_reader_done(&reader);
    return read;
}

/* --- JSON lines --- */

/* An array of words as "a; b"; as JSON when a word has the separator in it. */
static void
flatten_list(json_t *fields, const char *name, const json_t *list)
{
    char joined[PART_FEATURES_MAX * (UTF8_SEQUENCE_MAX * PART_FEATURE_MAX + 2) + 1] = "";
    size_t len = 0, index;
    const json_t *word;
    bool plain = true;
    json_array_foreach (list, index, word) {
        const char *text = json_string_value(word);
        plain = plain && text != NULL && strchr(text, ';') == NULL && len + strlen(text) + 3 < sizeof(joined);
        if (plain)
            len += (size_t)snprintf(joined + len, sizeof(joined) - len, "%s%s", index > 0 ? "; " : "", text);
    }
    char *dump = plain ? NULL : json_dumps(list, JSON_COMPACT);
    set_field(fields, name, plain ? str_of(joined, len) : str_from(dump));
    free(dump);
}

static void
flatten(json_t *fields, const char *name, const json_t *value)
{
    char number[32];
    if (json_is_string(value)) {
        set_field(fields, name, str_of(json_string_value(value), json_string_length(value)));
    } else if (json_is_integer(value)) {
        (void)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        set_field(fields, name, str_from(number));
    } else if (json_is_boolean(value)) {
        set_field(fields, name, json_is_true(value) ? STR("true") : STR("false"));
    } else if (json_is_array(value) && strcmp(name, "features") == 0) {
        flatten_list(fields, name, value);
    }
}

static json_t *
flatten_line(const json_t *tree)
{
    json_t *fields = json_object();
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)tree, name, value)
        flatten(fields, name, value);
    const json_t *guest = json_object_get(tree, "guest"), *claims = json_object_get(tree, "claims");
    flatten(fields, "guest_name", json_object_get(guest, "name"));
    flatten(fields, "guest_email", json_object_get(guest, "email"));
    flatten(fields, "guest_phone", json_object_get(guest, "phone"));
    flatten(fields, "pinned", json_object_get(json_array_get(claims, 0), "pinned"));
    return fields;
}

static void
take_json(struct import_line *line, struct str text)
{
    struct json_problem problem;
    json_t *tree = json_read(text, &json_limits_default, &problem);
    if (tree == NULL)
        (void)snprintf(line->wrong, sizeof(line->wrong), "is no JSON: %s (byte %zu)", problem.reason, problem.offset);
    else if (json_is_object(tree))
        line->fields = flatten_line(tree);
    else
        (void)snprintf(line->wrong, sizeof(line->wrong), "must be a JSON object");
    json_decref(tree);
}

static bool
read_jsonl(struct import_file *file, struct str bytes, struct err *err)
{
    int64_t number = 0;
    while (bytes.len > 0) {
        struct str text = str_split(&bytes, '\n');
        number++;
        if (text.len > 0 && text.ptr[text.len - 1] == '\r')
            text.len--;
        if (str_trim(text).len == 0)
            continue;
        struct import_line *line = add_line(file, number, err);
        if (line == NULL)
            return false;
        take_json(line, text);
    }
    return true;
}

/* --- */

bool
import_file_read(struct import_file *file, const char *path, enum import_format format, struct err *err)
{
    size_t len = 0;
    *file = (struct import_file){.count = 0};
    char *bytes = read_whole(path, &len, err);
    if (bytes == NULL)
        return false;
    bool read =
        format == IMPORT_CSV ? read_csv(file, str_of(bytes, len), err) : read_jsonl(file, str_of(bytes, len), err);
    free(bytes);
    if (read && file->count == 0) {
        err_set(err, ERR_DATA, "%s has no lines to import", path);
        return false;
    }
    return read;
}

/* The header as one text without what a terminal would act on: a file may say anything. */
static void
write_header(const struct import_file *file, char *out, size_t size)
{
    size_t len = 0, index;
    const json_t *name;
    json_array_foreach (file->columns, index, name)
        if (len < size)
            len += (size_t)snprintf(out + len, size - len, "%s%s", index > 0 ? "," : "", json_string_value(name));
    for (unsigned char *c = (unsigned char *)out; *c != '\0'; c++) {
        bool is_c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0; /* two bytes of UTF-8 */
        if (is_c1)
            *c++ = '?';
        if (is_c1 || *c < ' ' || *c == 0x7f)
            *c = '?';
    }
}

void
import_file_refuse(const struct import_file *file, const char *column, const char *other, struct err *err)
{
    char header[240] = "";
    write_header(file, header, sizeof(header));
    err_set(err, ERR_DATA, "the file has no column %s%s%s; its header, on line %" PRId64 ", is: %s", column,
            other == NULL ? "" : " or ", other == NULL ? "" : other, file->header_line, header);
}

void
import_file_done(struct import_file *file)
{
    for (size_t i = 0; i < file->count; i++)
        json_decref(file->lines[i].fields);
    free(file->lines);
    json_decref(file->columns);
    *file = (struct import_file){.count = 0};
}

const char *
import_line_get(const struct import_line *line, const char *column)
{
    const char *text = json_string_value(json_object_get(line->fields, column));
    return text == NULL ? "" : text;
}
