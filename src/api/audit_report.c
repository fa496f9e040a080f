/* What a night audit did, for people: the job as the log has it, and beside each id what a desk knows it by, and what
 * is charged and paid. These are looked up when they are asked for: the log keeps nobody's name, and a night that was
 * added has no price until somebody says one. */
#include <jansson.h>
#include <stdlib.h>

#include "api/account_text.h"
#include "api/desk_names.h"
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "engine/facts_load.h"
#include "engine/ledger_load.h"
#include "store/store_job.h"

void
audit_report_shape(struct call *call, struct shape *query, struct shape *body)
{
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    (void)shape_date(shape_field(query, "date", SHAPE_REQUIRED), call_ask(call, sizeof(int32_t)));
}

static bool
take_id(const json_t *item, const char *name, enum id_kind kind, struct id *ret_id)
{
    enum id_kind found;
    uint32_t property;
    const json_t *text = json_object_get(item, name);
    return json_is_string(text) &&
           id_parse(str_of(json_string_value(text), json_string_length(text)), &found, &property, ret_id) &&
           found == kind;
}

static json_t *
text_or_null(struct str text)
{
    return text.len == 0 ? json_null() : json_stringn(text.ptr, text.len);
}

enum { ACCOUNT_TEXT = 192 };

/* As it is now; *ret_account stays NULL when there is no memory for it. */
static enum db_status
load_account(struct call *call, struct reader *reader, struct id id, json_t **ret_account)
{
    struct booking booking;
    struct ledger ledger;
    struct text text;
    struct json_writer writer;
    enum db_status status = store_load_booking(&reader->store, call->property, id, &reader->scratch, &booking);
    if (status == DB_OK)
        status = ledger_load(&reader->store, call->property, &booking, &reader->scratch, &ledger);
    if (status != DB_OK)
        return status;
    struct ledger_summary summary = ledger_summary_of_booking(ledger, &booking);
    text_init(&text, &reader->scratch, ACCOUNT_TEXT);
    json_writer_init(&writer, &text);
    account_write(&writer, &summary);
    *ret_account = json_loadb(text_str(&text).ptr, text_str(&text).len, 0, NULL);
    return DB_OK;
}

/* What is not there any more is null. The room is the one that the audit found, wherever the guests are by now. */
static enum db_status
name_item(struct call *call, struct reader *reader, const struct house *house, json_t *item)
{
    struct id booking = ID_NONE, room = ID_NONE;
    struct desk_names names = {.code = STR("")};
    json_t *account = NULL;
    if (!take_id(item, "booking_id", ID_BOOKING, &booking)) {
        err_set(&reader->store.err, ERR_DATA, "an item of a job is of no booking");
        return DB_FAILED;
    }
    enum db_status status = desk_names_of_booking(call, reader, house, booking, &names);
    if (status == DB_OK)
        status = load_account(call, reader, booking, &account);
    if (status != DB_OK)
        return status;
    (void)take_id(item, "room_id", ID_ROOM, &room);
    names.room_number = desk_names_room(house, room);
    if (json_object_set_new(item, "account", account) != 0 ||
        json_object_set_new(item, "code", text_or_null(names.code)) != 0 ||
        json_object_set_new(item, "guest_name", text_or_null(names.guest_name)) != 0 ||
        json_object_set_new(item, "room_number", text_or_null(names.room_number)) != 0) {
        err_set(&reader->store.err, ERR_MEMORY, "no memory for a report");
        return DB_FAILED;
    }
    return DB_OK;
}

static enum db_status
name_items(struct call *call, struct reader *reader, const struct house *house, struct str body, char **ret_text)
{
    json_t *item, *report = json_loadb(body.ptr, body.len, 0, NULL);
    enum db_status status = report == NULL ? DB_FAILED : DB_OK;
    size_t i;
    json_array_foreach (json_object_get(report, "items"), i, item) {
        if (status == DB_OK)
            status = name_item(call, reader, house, item);
    }
    *ret_text = status == DB_OK ? json_dumps(report, JSON_COMPACT) : NULL;
    if (report == NULL)
        err_set(&reader->store.err, ERR_DATA, "the last event of a job can't be read");
    if (status == DB_OK && *ret_text == NULL) {
        err_set(&reader->store.err, ERR_MEMORY, "no memory for a report");
        status = DB_FAILED;
    }
    json_decref(report);
    return status;
}

void
audit_report_load(struct call *call, struct reader *reader)
{
    const int32_t *date = call->asked;
    struct job job;
    struct store_event event;
    struct text text;
    char *named = NULL;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(
            call, reader,
            store_load_job_of_day(&reader->store, call->property, JOB_NIGHT_AUDIT, *date, &reader->scratch, &job)) ||
        !call_check(call, reader,
                    store_load_last_event_of(&reader->store, call->property, job.id, &reader->scratch, &event)) ||
        !call_check(call, reader, name_items(call, reader, &house->house, event.body, &named)))
        return;
    text_init(&text, call->arena, strlen(named) + 1);
    text_put(&text, str_from(named));
    free(named);
    reply_text(call, &text, 0);
}
