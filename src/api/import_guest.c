/* By id first: a file that was exported has it on every line. */
#include "api/import_guest.h"

#include "api/import_line.h"
#include "core/code.h"

static enum db_status
refuse(struct import_guest *guest, enum outcome outcome, const char *column, const char *wrong)
{
    guest->outcome = outcome;
    guest->column = column;
    guest->wrong = wrong;
    return DB_OK;
}

static struct str
copy(struct call *call, const json_t *fields, const char *column)
{
    return arena_copy_str(call->arena, str_from(import_field(fields, column)));
}

static bool
is_same(struct str said, struct str present)
{
    return said.len == 0 || str_equal(said, present);
}

static enum db_status
find_known(struct call *call, struct reader *reader, const json_t *fields, struct import_guest *found)
{
    struct guest guest;
    enum id_kind kind;
    uint32_t property;
    found->route = ROUTE_GUEST_AMEND;
    if (!id_parse(str_from(import_field(fields, "id")), &kind, &property, &found->id) || kind != ID_GUEST ||
        property != call->property)
        return refuse(found, OUTCOME_NOT_FOUND, "id", "There is no such guest in this property.");
    enum db_status status = store_load_guest(&reader->store, call->property, found->id, &reader->scratch, &guest);
    if (status == DB_NO_ROW)
        return refuse(found, OUTCOME_NOT_FOUND, "id", "There is no such guest in this property.");
    if (status != DB_OK)
        return status;
    found->details = (struct guest_details){
        .name = copy(call, fields, "name"), .email = copy(call, fields, "email"), .phone = copy(call, fields, "phone")};
    found->there = is_same(found->details.name, guest.details.name) &&
                   is_same(found->details.email, guest.details.email) &&
                   is_same(found->details.phone, guest.details.phone);
    return DB_OK;
}

/* Is somebody of this name among those who come? */
static enum db_status
find_name(struct call *call, struct reader *reader, const struct booking *booking, struct str name, bool *ret_there)
{
    struct guest lead = {.version = 0}, *companions;
    size_t count = 0;
    enum db_status status = store_load_guest(&reader->store, call->property, booking->guest, &reader->scratch, &lead);
    *ret_there = status == DB_OK && str_equal(lead.details.name, name);
    if (status == DB_OK || status == DB_NO_ROW)
        status =
            store_list_companions(&reader->store, call->property, booking->id, &reader->scratch, &companions, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        *ret_there |= str_equal(companions[i].details.name, name);
    return status;
}

static enum db_status
find_booking(struct call *call, struct reader *reader, const json_t *fields, struct import_guest *found)
{
    const struct house_entry *house;
    struct booking booking;
    char code[CODE_SIZE];
    int64_t number;
    found->route = ROUTE_BOOKING_ADD_GUEST;
    enum db_status status = reader_house(reader, call->property, &house, NULL);
    if (status != DB_OK)
        return status;
    if (!code_tidy(str_from(import_field(fields, "booking")), code) ||
        !code_parse(house->house.property->id, str_of(code, CODE_LEN), &number))
        return refuse(found, OUTCOME_NOT_FOUND, "booking", "There is no booking with this code.");
    status = store_load_booking_by_code(&reader->store, call->property, number, &reader->scratch, &booking);
    if (status == DB_NO_ROW)
        return refuse(found, OUTCOME_NOT_FOUND, "booking", "There is no booking with this code.");
    found->id = booking.id;
    return status == DB_OK ? find_name(call, reader, &booking, str_from(import_field(fields, "name")), &found->there)
                           : status;
}

enum db_status
import_guest_find(struct call *call, struct reader *reader, const json_t *fields, struct import_guest *ret_guest)
{
    *ret_guest = (struct import_guest){.outcome = OUTCOME_OK};
    return import_field(fields, "id")[0] != '\0' ? find_known(call, reader, fields, ret_guest)
                                                 : find_booking(call, reader, fields, ret_guest);
}
