/* A file that is to be imported, line by line: CSV with a header, or one JSON object a line.
 *
 * Either way a line becomes a flat object of texts under the names of the columns of export_row.h, without blanks at
 * both ends; empty fields are absent. What stands between the fields of CSV is what csv_separator_of() finds. Of a JSON
 * line the members of `guest` become guest_name, guest_email and guest_phone, the first of `claims` says `pinned`, and
 * `features` become "a; b" unless a word has the separator in it. It refuses to know which names mean something. One
 * thread. */
#ifndef NIGHTLATCH_CMD_IMPORT_FILE_H
#define NIGHTLATCH_CMD_IMPORT_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum import_format { IMPORT_CSV, IMPORT_JSONL };

enum { IMPORT_LINES_MAX = 100000 };

struct import_line {
    int64_t number;  /* in the file, from 1, where it begins */
    json_t *fields;  /* owned; NULL when the line could not be read */
    char wrong[200]; /* why not */
};

struct import_file {
    struct import_line *lines; /* owned */
    size_t count;
    json_t *columns; /* owned; the names of a CSV file's header, in order; NULL where there is none */
    int64_t header_line;
    bool is_cut; /* the last line ended the reading: what follows it is not known */
};

/* Reads all of it. A line that can't be read is kept with the reason, as far as reading can go on after it; what ends
 * reading is the last line. False with ERR_NO_INPUT when there is no such file, ERR_DATA for an empty file, a header
 * that names a column twice or too many lines, or ERR_MEMORY. import_file_done() in any case. */
bool import_file_read(struct import_file *file, const char *path, enum import_format format, struct err *err)
    __attribute__((warn_unused_result));

/* ERR_DATA: no line has `column`, nor `other` where that is not NULL; with how the header reads. */
void import_file_refuse(const struct import_file *file, const char *column, const char *other, struct err *err);

void import_file_done(struct import_file *file);

/* The text of a column; "" when it is absent. */
const char *import_line_get(const struct import_line *line, const char *column);

#endif
