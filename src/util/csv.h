/* Comma-separated values, RFC 4180: a writer for exports and a strict reader for imports.
 *
 * The writer keeps a spreadsheet from taking a text for a formula: a text that begins with =, +, -, @, TAB or CR gets
 * a ' in front (and so does one that begins with ' before such a character, so that csv_unguard() can tell). Numbers
 * and dates of ours are written as they are. The reader refuses what RFC 4180 has no place for: a quote inside an
 * unquoted field, anything between a closing quote and the separator, a lone CR, a row with another number of fields
 * than the first; and ill-formed UTF-8 and NUL. Only behind a row with another number of fields it reads on: where each
 * row ends is certain there. Some things it takes although the RFC does not name them, since spreadsheets and hands
 * write them: LF as the end of a row, a byte order mark at the very beginning, and lines of nothing but blanks, which
 * are no rows; and it takes ; or TAB for the comma where it is told to, which csv_separator_of() can say. Neither knows
 * what a column means or reads numbers. One thread at a time. */
#ifndef NIGHTLATCH_UTIL_CSV_H
#define NIGHTLATCH_UTIL_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "core/id.h"

enum {
    CSV_FIELD_MAX = 64,            /* fields of a row */
    CSV_ROW_BYTES_MAX = 64 * 1024, /* of all fields of a row together */
};

/* -- writing -- */

struct csv_writer {
    struct text *text; /* borrowed; its overflow latch is the writer's */
    bool in_row;
};

/* Rows go to the end of `text`. */
void csv_writer_init(struct csv_writer *writer, struct text *text);

/* One field each. A text is guarded, and quoted where it must be. */
void csv_write_str(struct csv_writer *writer, struct str value);
void csv_write_i64(struct csv_writer *writer, int64_t value);
void csv_write_date(struct csv_writer *writer, int32_t date);  /* days since 1970-01-01, local */
void csv_write_instant(struct csv_writer *writer, int64_t ms); /* ms since the epoch, UTC, as RFC 3339 */
void csv_write_id(struct csv_writer *writer, enum id_kind kind, uint32_t property, struct id id); /* none: empty */
void csv_write_empty(struct csv_writer *writer);

/* Ends the row with CRLF; a row has at least one field. */
void csv_end_row(struct csv_writer *writer);

/* -- reading -- */

enum csv_result {
    CSV_ROW,    /* a row was read */
    CSV_RAGGED, /* one that has another number of fields than the first: said as for CSV_WRONG; the next can be read */
    CSV_MORE,   /* all that was fed is used up: feed more, or say that it has ended */
    CSV_END,    /* no row is left */
    CSV_WRONG,  /* err says what and on which line (ERR_DATA, ERR_MEMORY), as do the reader's members; it is of no
                 * further use */
};

struct csv_row {
    const struct str *fields; /* as written, quotes resolved, a guard still on */
    size_t count;
    int64_t line; /* where the row begins, from 1 */
};

struct csv_reader {
    char separator;     /* of fields; a comma, unless it is set before the first call of csv_reader_next() */
    struct arena arena; /* of the row being read */
    struct text text;   /* its fields, one behind the other */
    struct str input;   /* what is left of what was fed */
    bool ended;
    int state;
    size_t ends[CSV_FIELD_MAX]; /* where each field ends in the text */
    struct str fields[CSV_FIELD_MAX];
    size_t count;    /* fields of this row so far, also those there is no room for */
    bool quoted;     /* is any of them in quotes? */
    size_t expected; /* fields of the first row; 0 before it */
    int64_t line;    /* 0 before the first call */
    int64_t row_line;
    const char *wrong;  /* after CSV_RAGGED or CSV_WRONG: what, without the line */
    int64_t wrong_line; /* and on which line */
    size_t mark_len;    /* bytes of a byte order mark seen so far; all of them once it is settled */
};

/* What stands between the fields of this file, by its first line that is not blank, where names stand: a comma where
 * that has one outside quotes, else ; or TAB where it has one of the two; a comma when it has both or none. */
char csv_separator_of(struct str bytes);

/* What is at the beginning of a file and no row: a byte order mark, and the line `sep=;` with which some tell Excel
 * what stands between fields. Its length in bytes, 0 without such a line; *ret_separator is set with it. */
size_t csv_preface_of(struct str bytes, char *ret_separator);

/* Takes no memory before it is fed. */
void csv_reader_init(struct csv_reader *reader);
void csv_reader_done(struct csv_reader *reader);

/* Hands over the next piece of the file, of any size; only after CSV_MORE or csv_reader_init(). `bytes` must stay until
 * the reader wants more. */
void csv_reader_feed(struct csv_reader *reader, struct str bytes);

/* Hands over a file that is read whole: what stands between its fields is what it says, or csv_separator_of(), and its
 * preface is no row. Instead of the first csv_reader_feed(). */
void csv_reader_feed_file(struct csv_reader *reader, struct str bytes);

/* Says that nothing follows. */
void csv_reader_end(struct csv_reader *reader);

/* The next row, which is valid until the next call. Lines of blanks are passed over. */
enum csv_result csv_reader_next(struct csv_reader *reader, struct csv_row *ret_row, struct err *err)
    __attribute__((warn_unused_result));

/* Takes the guard of csv_write_str() off again; any other text is left as it is. */
struct str csv_unguard(struct str field);

#endif
