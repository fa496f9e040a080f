/* By id first: a file that was exported has it on every line. */
#include "cmd/import_target.h"

#include <stdio.h>
#include <string.h>

#include "api/import_line.h"
#include "core/code.h"

static bool
refuse(struct import_target *guest, const char *column, const char *wrong)
{
    guest->column = column;
    guest->wrong = wrong;
    return true;
}

/* What the line leaves empty stays. */
static bool
says_the_same(const json_t *fields, const json_t *guest)
{
    static const char *const members[] = {"name", "email", "phone"};
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        const char *text = import_field(fields, members[i]);
        if (text[0] != '\0' && strcmp(text, control_text(guest, members[i])) != 0)
            return false;
    }
    return true;
}

static bool
find_known(struct control *control, const char *property, const json_t *fields, struct import_target *found,
           struct err *err)
{
    const char *text = import_field(fields, "id");
    enum id_kind kind, of_property;
    uint32_t theirs, ours;
    struct id id;
    json_t *guest = NULL;
    bool good = id_parse(str_from(property), &of_property, &ours, &id) &&
                id_parse(str_from(text), &kind, &theirs, &id) && kind == ID_GUEST && theirs == ours;
    found->method = "PATCH";
    (void)snprintf(found->path, sizeof(found->path), "/v1/guests/%s", text);
    if (good && !control_find(control, found->path, &guest, err))
        return false;
    if (guest == NULL)
        return refuse(found, "id", "there is no such guest");
    found->there = says_the_same(fields, guest);
    json_decref(guest);
    return true;
}

/* Is somebody of this name among those who come? */
static bool
has_name(const json_t *booking, const char *name)
{
    size_t index;
    const json_t *guest;
    json_array_foreach (json_object_get(booking, "guests"), index, guest)
        if (strcmp(control_text(guest, "name"), name) == 0)
            return true;
    return false;
}

static bool
find_booking(struct control *control, const char *property, const json_t *fields, struct import_target *found,
             struct err *err)
{
    char path[160], code[CODE_SIZE];
    int64_t number;
    enum id_kind kind;
    uint32_t ignored;
    struct id of;
    bool good = code_tidy(str_from(import_field(fields, "booking")), code) &&
                id_parse(str_from(property), &kind, &ignored, &of) && code_parse(of, str_of(code, CODE_LEN), &number);
    json_t *list = NULL, *booking = NULL;
    found->method = "POST";
    (void)snprintf(path, sizeof(path), "/v1/bookings?property_id=%s&code=%s", property, code);
    if (good && !control_find(control, path, &list, err))
        return false;
    const char *id = control_text(json_array_get(json_object_get(list, "items"), 0), "id");
    (void)snprintf(path, sizeof(path), "/v1/bookings/%s", id);
    (void)snprintf(found->path, sizeof(found->path), "/v1/bookings/%s/guests", id);
    bool asked = id[0] == '\0' || control_find(control, path, &booking, err);
    found->there = has_name(booking, import_field(fields, "name"));
    if (asked && booking == NULL)
        (void)refuse(found, "booking", "there is no booking with this code");
    json_decref(booking);
    json_decref(list);
    return asked;
}

bool
import_target_find(struct control *control, const char *property, const json_t *fields,
                   struct import_target *ret_target, struct err *err)
{
    *ret_target = (struct import_target){.there = false};
    return import_field(fields, "id")[0] != '\0' ? find_known(control, property, fields, ret_target, err)
                                                 : find_booking(control, property, fields, ret_target, err);
}
