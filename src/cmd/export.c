/* `nightlatch export`: room types, rooms, guests, bookings, takings and the log, as CSV for people and as JSON lines
 * for programs.
 *
 * A page of rows is one short read transaction, so a running server is not held up; what is written meanwhile may or
 * may not be in it. A file has its name only once it is complete. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "api/export_row.h"
#include "cmd/cmd.h"
#include "cmd/database.h"
#include "cmd/property_choice.h"
#include "cmd/stopping.h"
#include "store/store_list.h"
#include "store/store_words.h"
#include "util/progress.h"

enum { PAGE = 500, MEMORY_MAX = 256 << 20 };

struct export_options {
    const char *db, *property, *to;
    int format;
};

static const char *const formats[] = {"csv", "jsonl", NULL};
enum { FORMAT_CSV, FORMAT_JSONL };

#define EXPORT_OPTIONS(property_help)                                                                                  \
    {                                                                                                                  \
        OPTION_STRING(struct export_options, db, "db", "URL", DATABASE_DEFAULT,                                        \
                      "The database, sqlite:PATH, whether or not a server has it."),                                   \
            OPTION_STRING(struct export_options, property, "property", "P", NULL, property_help),                      \
            OPTION_CHOICE(struct export_options, format, "format", "FORMAT", "csv", formats,                           \
                          "What is written: csv has a header and fields that no spreadsheet takes for a formula; "     \
                          "jsonl is one JSON object a line, as the HTTP interface shows it."),                         \
            OPTION_STRING(struct export_options, to, "to", "FILE", NULL,                                               \
                          "Where to; standard output when it is not given. A file that exists is not overwritten."),   \
    }

static const struct option_spec house_options[] =
    EXPORT_OPTIONS("The property, " PROPERTY_CHOICE_HELP "; not needed when there is only one.");
static const struct option_spec log_options[] =
    EXPORT_OPTIONS("The property whose log it is, " PROPERTY_CHOICE_HELP "; 0 is the installation's "
                   "log, of people and properties. Not needed when there is only one property.");

enum { OPTION_COUNT = sizeof(house_options) / sizeof(house_options[0]) };

static const struct command_line commands[] = {
    /* in the order of enum export_kind */
    {.name = "export room-types",
     .summary = "Writes what a property sells, a line each. `import room-types` reads it. How many units there are on "
                "each night is not in it.",
     .options = house_options,
     .option_count = OPTION_COUNT},
    {.name = "export rooms",
     .summary = "Writes the rooms of a property with their types, a line each. `import rooms` reads it.",
     .options = house_options,
     .option_count = OPTION_COUNT},
    {.name = "export guests",
     .summary = "Writes the guests of a property's bookings, a line for each time somebody was described: name, e-mail "
                "address, phone. Those who were erased are left out.",
     .options = house_options,
     .option_count = OPTION_COUNT},
    {.name = "export bookings",
     .summary = "Writes every booking of a property, past ones and cancelled ones too, a line each, with the guest and "
                "the room it is in or will be in. `import bookings` reads it.",
     .options = house_options,
     .option_count = OPTION_COUNT},
    {.name = "export takings",
     .summary = "Writes what was taken and given back, a line for each movement of money in order of time: when, how, "
                "how much in minor units, whose, and through whom.",
     .options = house_options,
     .option_count = OPTION_COUNT},
    {.name = "export log",
     .summary = "Writes the events of a log in order, a line each, with the hash that chains them. The state that an "
                "event left behind (its body) is in jsonl alone.",
     .options = log_options,
     .option_count = OPTION_COUNT},
};

struct export
{
    const struct export_options *chosen;
    enum export_kind kind;
    struct store store;
    struct property property; /* number and id; its texts are not kept */
    bool has_property;        /* false in the log of the installation */
    struct arena page;
    FILE *out;
    int64_t rows;
    struct progress progress;
};

/* --- which property --- */

static bool
find_property(struct export *export, struct err *err)
{
    const char *wanted = export->chosen->property;
    struct property *properties;
    size_t count;
    if (export->kind == EXPORT_LOG && wanted != NULL && strcmp(wanted, "0") == 0)
        return true;
    if (store_list_properties(&export->store, &export->page, &properties, &count) != DB_OK) {
        *err = export->store.err;
        return false;
    }
    struct property_choice choice;
    property_choice_init(&choice, wanted);
    for (size_t i = 0; i < count; i++)
        property_choice_offer(&choice, properties[i].number, properties[i].id, properties[i].name);
    export->property.number = choice.number;
    export->property.id = choice.id;
    export->has_property = true;
    return property_choice_end(&choice, err);
}

/* --- pages --- */

struct page {
    struct text text;
    struct id after_id; /* the last that was written */
    int64_t after_seq, after_at;
    size_t count;
};

static bool
is_json(const struct export *export)
{
    return export->chosen->format == FORMAT_JSONL;
}

static enum db_status
write_room_types(struct export *export, const struct house *house, struct page *page)
{
    for (size_t i = 0; i < house->type_count; i++)
        export_row_room_type(&page->text, is_json(export), house, &house->types[i]);
    export->rows += (int64_t)house->type_count;
    page->count = 0; /* a house is read whole */
    return DB_OK;
}

static enum db_status
write_guests(struct export *export, const struct house *house, struct page *page)
{
    struct store_named_guest *guests;
    enum db_status status = store_page_guests(&export->store, export->property.number, page->after_id, PAGE,
                                              &export->page, &guests, &page->count);
    for (size_t i = 0; status == DB_OK && i < page->count; i++) {
        export_row_guest(&page->text, is_json(export), house, &guests[i].guest);
        export->rows += guests[i].guest.details.name.len > 0;
        page->after_id = guests[i].guest.id;
    }
    return status;
}

static enum db_status
write_rooms(struct export *export, const struct house *house, struct page *page)
{
    export->rows += (int64_t)house->room_count;
    page->count = 0; /* a house is read whole */
    return export_row_rooms(&page->text, is_json(export), house, &export->store, &export->page);
}

static enum db_status
write_bookings(struct export *export, const struct house *house, struct page *page)
{
    struct store_booking_filter filter = STORE_BOOKING_FILTER_ALL;
    struct booking *bookings;
    enum db_status status = store_list_bookings(&export->store, export->property.number, &filter, page->after_id, PAGE,
                                                &export->page, &bookings, &page->count);
    for (size_t i = 0; status == DB_OK && i < page->count; i++) {
        struct guest guest = {.version = 0};
        status = store_load_guest(&export->store, export->property.number, bookings[i].guest, &export->page, &guest);
        if (status == DB_NO_ROW) /* erased */
            status = DB_OK;
        export_row_booking(&page->text, is_json(export), house, &bookings[i], &guest.details);
        page->after_id = bookings[i].id;
        export->rows++;
    }
    return status;
}

static enum db_status
write_takings(struct export *export, const struct house *house, struct page *page)
{
    struct takings takings = {
        .property = house->property, .until = INT64_MAX, .at = page->after_at, .seq = page->after_seq};
    struct taking *items;
    size_t count;
    enum db_status status = takings_next(&takings, &export->store, &export->page, &items, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        struct taking_payer payer;
        status = takings_payer(&export->store, export->property.number, &items[i].payment, &export->page, &payer);
        export_row_taking(&page->text, is_json(export), house, &items[i], &payer);
    }
    export->rows += (int64_t)count;
    page->after_at = takings.at;
    page->after_seq = takings.seq;
    page->count = takings.done ? 0 : PAGE; /* of what was read some moved nothing */
    return status;
}

static enum db_status
write_log(struct export *export, struct page *page)
{
    struct store_event *events;
    enum db_status status = store_list_events(&export->store, export->property.number, page->after_seq, PAGE,
                                              &export->page, &events, &page->count);
    for (size_t i = 0; status == DB_OK && i < page->count; i++) {
        export_row_event(&page->text, is_json(export), export->property.number, &events[i]);
        page->after_seq = events[i].seq;
        export->rows++;
    }
    return status;
}

static enum db_status
write_page(struct export *export, struct page *page)
{
    struct house house = {.property = NULL};
    if (export->kind == EXPORT_LOG)
        return write_log(export, page);
    enum db_status status = store_load_house(&export->store, export->property.number, &export->page, &house);
    if (status != DB_OK)
        return status;
    switch (export->kind) {
    case EXPORT_ROOM_TYPES: return write_room_types(export, &house, page);
    case EXPORT_ROOMS: return write_rooms(export, &house, page);
    case EXPORT_GUESTS: return write_guests(export, &house, page);
    case EXPORT_TAKINGS: return write_takings(export, &house, page);
    default: return write_bookings(export, &house, page);
    }
}

/* One page in one transaction; what it wrote goes out after it. */
static bool
next_page(struct export *export, struct page *page, struct err *err)
{
    struct err ignored; /* of ending a transaction that only read */
    arena_reset(&export->page);
    text_init(&page->text, &export->page, 1 << 16);
    enum db_status status = db_begin(export->store.connection, &export->store.err);
    if (status == DB_OK)
        status = write_page(export, page);
    (void)db_rollback(export->store.connection, &ignored);
    if (status != DB_OK) {
        *err = export->store.err;
        if (status == DB_RETRY || status == DB_NO_ROW)
            err_set(err, ERR_UNAVAILABLE, "the database could not be read: %s", db_status_name(status));
        return false;
    }
    if (page->text.overflowed) {
        err_set(err, ERR_MEMORY, "no memory for a page");
        return false;
    }
    struct str text = text_str(&page->text);
    (void)fwrite(text.ptr, 1, text.len, export->out); /* told by ferror() */
    return true;
}

static bool
check_written(struct export *export, struct err *err)
{
    if (fflush(export->out) == 0 && ferror(export->out) == 0)
        return true;
    err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "writing: %s", strerror(errno));
    return false;
}

static bool
write_all(struct export *export, struct err *err)
{
    struct page page = {.count = 0};
    if (!is_json(export)) {
        arena_reset(&export->page);
        text_init(&page.text, &export->page, 1024);
        export_row_header(&page.text, export->kind);
        struct str header = text_str(&page.text);
        (void)fwrite(header.ptr, 1, header.len, export->out);
    }
    progress_init(&export->progress, STDERR_FILENO, clock_system(), "exporting", 0);
    export->progress.shown = export->progress.shown && (export->chosen->to != NULL || isatty(STDOUT_FILENO) == 0);
    bool written = true;
    do {
        if (stopping_is_asked()) {
            err_set(err, ERR_UNAVAILABLE, "the export was stopped before its end");
            written = false;
        }
        written = written && next_page(export, &page, err) && check_written(export, err);
        progress_set(&export->progress, export->rows);
    } while (written && page.count == PAGE);
    progress_done(&export->progress);
    return written;
}

/* --- where to --- */

static bool
write_to_file(struct export *export, struct err *err)
{
    const char *to = export->chosen->to;
    char part[PATH_MAX];
    if (access(to, F_OK) == 0) {
        err_set(err, ERR_USAGE, "%s is there already and is not overwritten", to);
        return false;
    }
    int fd = -1;
    if (snprintf(part, sizeof(part), "%s.XXXXXX.part", to) < (int)sizeof(part))
        fd = mkostemps(part, 5, O_CLOEXEC);
    export->out = fd < 0 ? NULL : fdopen(fd, "w");
    if (export->out == NULL) {
        err_set(err, ERR_USAGE, "can't make %s: %s", to, strerror(errno));
        return false;
    }
    bool written = write_all(export, err) && fsync(fd) == 0;
    bool closed = fclose(export->out) == 0;
    if (written && closed && link(part, to) != 0) {
        err_set(err, ERR_USAGE, "naming %s: %s", to, strerror(errno));
        written = false;
    }
    (void)unlink(part);
    if (written && closed)
        fprintf(stderr, "%" PRId64 " line%s in %s\n", export->rows, export->rows == 1 ? "" : "s", to);
    return written && closed;
}

static bool
export_with(struct export *export, struct err *err)
{
    arena_init(&export->page, MEMORY_MAX);
    stopping_watch();
    bool done = find_property(export, err);
    export->out = stdout;
    if (done)
        done = export->chosen->to == NULL ? write_all(export, err) : write_to_file(export, err);
    arena_done(&export->page);
    return done;
}

static int
run(enum export_kind kind, size_t argc, char *const *argv)
{
    struct export_options chosen = {.db = NULL};
    struct export export = {.chosen = &chosen, .kind = kind};
    struct option_arguments arguments;
    struct err err = {.kind = ERR_NONE};
    int exit_code;
    struct db *db;
    if (cmd_read_options(&commands[kind], argc, argv, &chosen, &arguments, &exit_code) == CMD_STOP)
        return exit_code;
    if (!database_open_existing(chosen.db, &db, &err))
        return cmd_fail(&err);
    bool done = db_connect(db, DB_READER, &export.store.connection, &err) == DB_OK;
    if (done) {
        done = export_with(&export, &err);
        db_disconnect(export.store.connection);
    }
    db_close(db);
    return done ? EX_OK : cmd_fail(&err);
}

static int
run_room_types(size_t argc, char *const *argv)
{
    return run(EXPORT_ROOM_TYPES, argc, argv);
}

static int
run_guests(size_t argc, char *const *argv)
{
    return run(EXPORT_GUESTS, argc, argv);
}

static int
run_rooms(size_t argc, char *const *argv)
{
    return run(EXPORT_ROOMS, argc, argv);
}

static int
run_bookings(size_t argc, char *const *argv)
{
    return run(EXPORT_BOOKINGS, argc, argv);
}

static int
run_takings(size_t argc, char *const *argv)
{
    return run(EXPORT_TAKINGS, argc, argv);
}

static int
run_log(size_t argc, char *const *argv)
{
    return run(EXPORT_LOG, argc, argv);
}

int
cmd_export(size_t argc, char *const *argv)
{
    static const struct cmd kinds[] = {
        {"room-types", "what a property sells", run_room_types},
        {"rooms", "the rooms of a property", run_rooms},
        {"guests", "those of its bookings, for a mailing list", run_guests},
        {"bookings", "its bookings, with guests", run_bookings},
        {"takings", "what was taken and given back", run_takings},
        {"log", "its events, in order", run_log},
    };
    return cmd_dispatch_group("export", kinds, sizeof(kinds) / sizeof(kinds[0]), argc, argv);
}
