/* Both tables are read in order of their keys and merged: memory is that of two rows. Values are compared as they are
 * stored, without knowing what they mean; ids are written as the outside knows them where a column's name says what it
 * names. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/rebuild_part.h"
#include "store/store_rebuild.h"

static const struct table {
    const char *name;
    enum db_stmt stmt;
    int key_count;
    enum id_kind id_kind;
    int subject;
    const char *const *columns;
    int column_count;
} tables[] = {
#define REBUILT_TABLE(table, stmt, key_count, kind, subject, ...)                                                      \
    {#table,                                                                                                           \
     STMT_##stmt,                                                                                                      \
     key_count,                                                                                                        \
     kind,                                                                                                             \
     subject,                                                                                                          \
     (const char *const[]){__VA_ARGS__},                                                                               \
     (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))},
#include "engine/rebuild.def"
#undef REBUILT_TABLE
};

/* One table on its way through the merge. */
struct comparing {
    struct rebuild_run *run;
    const struct table *table;
    struct db_rows *logged, *stored;
    enum db_status logged_status, stored_status;
};

/* -- values -- */

static bool
is_integer(const struct comparing *c, int column)
{
    return (db_stmt_table[c->table->stmt].columns[column] | 0x20) == 'i';
}

static int
compare_bytes(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare_values(const struct comparing *c, int column)
{
    bool no_logged = db_column_is_null(c->logged, column), no_stored = db_column_is_null(c->stored, column);
    if (no_logged || no_stored)
        return (int)no_stored - (int)no_logged;
    if (!is_integer(c, column))
        return compare_bytes(db_column_str(c->logged, column), db_column_str(c->stored, column));
    int64_t a = db_column_i64(c->logged, column), b = db_column_i64(c->stored, column);
    return (a > b) - (a < b);
}

/* What an id in this column names; ID_KIND_COUNT where that is not known. */
static enum id_kind
kind_of_column(const struct table *table, int column)
{
    static const struct {
        const char *name;
        enum id_kind kind;
    } known[] = {
        {"room", ID_ROOM},   {"room_type", ID_ROOM_TYPE}, {"charged_room_type", ID_ROOM_TYPE},
        {"guest", ID_GUEST}, {"booking", ID_BOOKING},     {"booking_group", ID_GROUP},
    };
    const char *name = table->columns[column];
    if (strcmp(name, "id") == 0)
        return table->id_kind;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].kind;
    return ID_KIND_COUNT;
}

static void
put_bytes(struct text *text, const struct comparing *c, int column, struct str bytes)
{
    enum id_kind kind = kind_of_column(c->table, column);
    struct id id = bytes.len == ID_BYTES ? id_from_bytes((const unsigned char *)bytes.ptr) : ID_NONE;
    char name[ID_TEXT_SIZE];
    if (kind != ID_KIND_COUNT && !id_is_none(id)) {
        id_format(kind, c->run->property, id, name);
        text_put(text, str_from(name));
        return;
    }
    for (size_t i = 0; i < bytes.len; i++)
        text_put_format(text, "%02x", (unsigned)(unsigned char)bytes.ptr[i]);
}

static void
put_value(struct text *text, const struct comparing *c, const struct db_rows *rows, int column)
{
    char letter = db_stmt_table[c->table->stmt].columns[column];
    if (db_column_is_null(rows, column))
        text_put(text, STR("NULL"));
    else if (is_integer(c, column))
        text_put_format(text, "%lld", (long long)db_column_i64(rows, column));
    else if ((letter | 0x20) == 't')
        text_put(text, db_column_str(rows, column));
    else
        put_bytes(text, c, column, db_column_str(rows, column));
}

static struct str
value_text(const struct comparing *c, const struct db_rows *rows, int column)
{
    struct text text;
    text_init(&text, &c->run->work, 64);
    put_value(&text, c, rows, column);
    return text_str(&text);
}

static struct str
key_text(const struct comparing *c, const struct db_rows *rows)
{
    struct text text;
    text_init(&text, &c->run->work, 96);
    for (int i = 0; i < c->table->key_count; i++) {
        text_put_format(&text, "%s%s=", i == 0 ? "" : " ", c->table->columns[i]);
        put_value(&text, c, rows, i);
    }
    return text_str(&text);
}

/* -- differences -- */

/* The last event about a subject. How a property began is in the log of the installation. */
static enum db_status
find_last(struct rebuild_run *run, struct str subject, int64_t *ret_seq)
{
    if (subject.len != ID_BYTES)
        return DB_OK;
    struct id id = id_from_bytes((const unsigned char *)subject.ptr);
    enum db_status status = store_last_seq_about(run->log, run->property, id, ret_seq);
    return status == DB_OK && *ret_seq == 0 ? store_last_seq_about(run->log, 0, id, ret_seq) : status;
}

static enum db_status
report(const struct comparing *c, enum rebuild_finding finding, int column)
{
    struct rebuild_run *run = c->run;
    const struct db_rows *rows = finding == REBUILD_ONLY_STORED ? c->stored : c->logged;
    int64_t seq = 0;
    enum db_status status = find_last(run, db_column_str(rows, c->table->subject), &seq);
    if (status != DB_OK)
        return status;
    arena_reset(&run->work);
    bool both = finding == REBUILD_DIFFERENT;
    struct rebuild_difference difference = {.finding = finding,
                                            .property = run->property,
                                            .table = str_from(c->table->name),
                                            .key = key_text(c, rows),
                                            .column = both ? str_from(c->table->columns[column]) : STR(""),
                                            .logged = both ? value_text(c, c->logged, column) : STR(""),
                                            .stored = both ? value_text(c, c->stored, column) : STR(""),
                                            .seq = seq};
    if (run->work.overflowed)
        return rebuild_out_of_memory(run);
    rebuild_report_difference(run, &difference);
    return DB_OK;
}

static enum db_status
compare_row(const struct comparing *c)
{
    enum db_status status = DB_OK;
    for (int i = c->table->key_count; status == DB_OK && i < c->table->column_count; i++)
        if (compare_values(c, i) != 0)
            status = report(c, REBUILD_DIFFERENT, i);
    return status;
}

/* -- the merge -- */

/* Which of the two comes first: below 0 the logged row, 0 both have it. */
static int
compare_keys(const struct comparing *c)
{
    if (c->logged_status != DB_ROW || c->stored_status != DB_ROW)
        return c->logged_status == DB_ROW ? -1 : 1;
    for (int i = 0; i < c->table->key_count; i++) {
        int order = compare_values(c, i);
        if (order != 0)
            return order;
    }
    return 0;
}

static bool
is_bad(enum db_status status)
{
    return status != DB_ROW && status != DB_NO_ROW;
}

static enum db_status
merge(struct comparing *c)
{
    struct rebuild_run *run = c->run;
    c->logged_status = db_next(c->logged, &run->fresh->err);
    c->stored_status = db_next(c->stored, &run->log->err);
    while (c->logged_status == DB_ROW || c->stored_status == DB_ROW) {
        if (is_bad(c->logged_status) || is_bad(c->stored_status))
            break;
        int order = compare_keys(c);
        enum db_status status = order == 0  ? compare_row(c)
                                : order < 0 ? report(c, REBUILD_ONLY_LOGGED, 0)
                                            : report(c, REBUILD_ONLY_STORED, 0);
        if (status != DB_OK)
            return status;
        run->report->rows++;
        if (order <= 0)
            c->logged_status = db_next(c->logged, &run->fresh->err);
        if (order >= 0)
            c->stored_status = db_next(c->stored, &run->log->err);
    }
    if (is_bad(c->logged_status))
        return c->logged_status;
    return is_bad(c->stored_status) ? c->stored_status : DB_OK;
}

static enum db_status
compare_table(struct rebuild_run *run, const struct table *table)
{
    struct db_value property = db_int(run->property);
    struct comparing c = {.run = run, .table = table};
    enum db_status status = db_query(run->fresh->connection, table->stmt, &property, 1, &c.logged, &run->fresh->err);
    if (status == DB_OK)
        status = db_query(run->log->connection, table->stmt, &property, 1, &c.stored, &run->log->err);
    if (status == DB_OK)
        status = merge(&c);
    db_finish(c.logged);
    db_finish(c.stored);
    return status;
}

enum db_status
rebuild_compare(struct rebuild_run *run)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < sizeof(tables) / sizeof(tables[0]); i++)
        status = compare_table(run, &tables[i]);
    return status;
}
