/* What is read here is read the same way by every route. */
#include "api/parts.h"

#include <stdlib.h>

#include "util/json_write.h"

enum { MINUTE_MS = 60000 };

/* -- when -- */

struct ends {
    struct shape_field starts, ends;
};

static bool
is_there(struct shape_field field)
{
    return field.is != SHAPE_ABSENT;
}

enum shape_is
part_end(struct shape_field field, bool by_minute, int64_t *ret_ms)
{
    int32_t date;
    if (by_minute) {
        enum shape_is is = shape_instant(field, ret_ms);
        return is == SHAPE_SET && *ret_ms % MINUTE_MS != 0 ? shape_refuse(field, "must be a whole minute") : is;
    }
    enum shape_is is = shape_date(field, &date);
    if (is == SHAPE_SET)
        *ret_ms = date_to_instant(date);
    return is;
}

static enum shape_is
check_span(struct shape_field ends, const struct part_when *when)
{
    if (when->span.ends <= when->span.starts)
        return shape_refuse(ends, "must be after %s", when->by_minute ? "starts_at" : "arrival");
    if (when->span.ends - when->span.starts > STAY_NIGHTS_MAX * DATE_DAY_MS)
        return shape_refuse(ends, "must be at most %d days after %s", STAY_NIGHTS_MAX,
                            when->by_minute ? "starts_at" : "arrival");
    return SHAPE_SET;
}

/* Which pair of fields is meant; the other pair must be absent. False when it was refused. */
static bool
choose_pair(struct shape *shape, unsigned need, struct ends *ret_pair, bool *ret_by_minute)
{
    struct ends stay = {shape_field(shape, "arrival", SHAPE_OPTIONAL), shape_field(shape, "departure", SHAPE_OPTIONAL)};
    struct ends slot = {shape_field(shape, "starts_at", SHAPE_OPTIONAL), shape_field(shape, "ends_at", SHAPE_OPTIONAL)};
    bool has_stay = is_there(stay.starts) || is_there(stay.ends);
    bool has_slot = is_there(slot.starts) || is_there(slot.ends);
    *ret_by_minute = has_slot && !has_stay;
    *ret_pair = has_slot && !has_stay ? slot : stay;
    if (has_stay && has_slot) {
        (void)shape_refuse(is_there(slot.starts) ? slot.starts : slot.ends,
                           "can't be given with arrival and departure: a stay is by dates, a slot by instants");
        return false;
    }
    if (!has_stay && !has_slot && (need & SHAPE_REQUIRED) != 0) {
        (void)shape_refuse(stay.starts, "is required, with departure; or starts_at and ends_at");
        return false;
    }
    return true;
}

static enum shape_is
read_pair(struct shape *shape, unsigned need, bool partly, struct part_when *ret_when)
{
    struct ends pair;
    *ret_when = (struct part_when){.by_minute = false};
    if (!choose_pair(shape, need, &pair, &ret_when->by_minute))
        return SHAPE_WRONG;
    if (!is_there(pair.starts) && !is_there(pair.ends))
        return SHAPE_ABSENT;
    enum shape_is starts = part_end(pair.starts, ret_when->by_minute, &ret_when->span.starts);
    enum shape_is ends = part_end(pair.ends, ret_when->by_minute, &ret_when->span.ends);
    if (!partly && starts == SHAPE_ABSENT)
        starts = shape_refuse(pair.starts, "is required with %s", pair.ends.place.name);
    if (!partly && ends == SHAPE_ABSENT)
        ends = shape_refuse(pair.ends, "is required with %s", pair.starts.place.name);
    if (starts == SHAPE_WRONG || ends == SHAPE_WRONG)
        return SHAPE_WRONG;
    ret_when->has_starts = starts == SHAPE_SET;
    ret_when->has_ends = ends == SHAPE_SET;
    return ret_when->has_starts && ret_when->has_ends ? check_span(pair.ends, ret_when) : SHAPE_SET;
}

enum shape_is
part_when(struct shape *shape, unsigned need, struct part_when *ret_when)
{
    return read_pair(shape, need, false, ret_when);
}

enum shape_is
part_when_partly(struct shape *shape, struct part_when *ret_when)
{
    return read_pair(shape, SHAPE_OPTIONAL, true, ret_when);
}

bool
part_range(struct shape *shape, int32_t max_nights, int32_t *ret_from, int32_t *ret_until)
{
    struct shape_field until = shape_field(shape, "until", SHAPE_REQUIRED);
    enum shape_is first = shape_date(shape_field(shape, "from", SHAPE_REQUIRED), ret_from);
    if (shape_date(until, ret_until) != SHAPE_SET || first != SHAPE_SET)
        return false;
    if (*ret_until <= *ret_from)
        (void)shape_refuse(until, "must be after from");
    else if (*ret_until - *ret_from > max_nights)
        (void)shape_refuse(until, "must be at most %d nights after from", max_nights);
    else
        return true;
    return false;
}

/* -- what -- */

void
part_unit(struct call *call, struct shape *shape, struct leg *ret_leg)
{
    struct shape_field type = shape_field(shape, "room_type_id", SHAPE_NULLABLE);
    struct shape_field room = shape_field(shape, "room_id", SHAPE_NULLABLE);
    ret_leg->party = 0;
    (void)call_shape_id(call, type, ID_ROOM_TYPE, &ret_leg->room_type);
    (void)call_shape_id(call, room, ID_ROOM, &ret_leg->room);
    if (type.is != SHAPE_SET && room.is != SHAPE_SET && type.is != SHAPE_WRONG && room.is != SHAPE_WRONG)
        (void)shape_refuse(type, "is required, or room_id");
    (void)part_i32(shape_field(shape, "party", SHAPE_OPTIONAL), 1, PART_PARTY_MAX, &ret_leg->party);
}

void
part_leg(struct call *call, struct shape *shape, struct leg *ret_leg)
{
    struct part_when when;
    part_unit(call, shape, ret_leg);
    if (part_when(shape, SHAPE_REQUIRED, &when) == SHAPE_SET) {
        ret_leg->by_minute = when.by_minute;
        ret_leg->span = when.span;
    }
}

/* -- who -- */

/* One @ with something on both sides and a dot behind it: whether mail arrives is not for a form to say. */
bool
part_is_email(struct str email)
{
    struct str rest = email;
    struct str local = str_split(&rest, '@');
    return local.len > 0 && rest.len > 2 && memchr(rest.ptr, '@', rest.len) == NULL &&
           memchr(email.ptr, ' ', email.len) == NULL && memchr(rest.ptr + 1, '.', rest.len - 2) != NULL;
}

static void
shape_person(struct shape *guest, struct guest_details *ret_guest)
{
    struct shape_field email = shape_field(guest, "email", SHAPE_NULLABLE);
    (void)shape_str(shape_field(guest, "name", SHAPE_REQUIRED), 1, PART_NAME_MAX, &ret_guest->name);
    if (shape_str(email, 1, PART_EMAIL_MAX, &ret_guest->email) == SHAPE_SET && !part_is_email(ret_guest->email))
        (void)shape_refuse(email, "must be an address such as ada@example.org");
    (void)shape_str(shape_field(guest, "phone", SHAPE_NULLABLE), 1, PART_PHONE_MAX, &ret_guest->phone);
}

enum shape_is
part_guest(struct shape *shape, unsigned need, struct guest_details *ret_guest)
{
    struct shape guest;
    enum shape_is is = shape_object(shape_field(shape, "guest", need), &guest);
    if (is != SHAPE_SET)
        return is;
    shape_person(&guest, ret_guest);
    static const char *const read_only[] = {"id", NULL};
    shape_read_only(&guest, read_only);
    shape_finish(&guest);
    return SHAPE_SET;
}

/* Who has an id is known by it: what else there is to say of them is said where they are. */
static void
shape_known_guest(struct call *call, struct shape *guest, struct shape_field id, struct id *ret_id)
{
    static const char *const details[] = {"name", "email", "phone", NULL};
    (void)call_shape_id(call, id, ID_GUEST, ret_id);
    for (size_t i = 0; details[i] != NULL; i++) {
        struct shape_field beside = shape_field(guest, details[i], SHAPE_NULLABLE);
        if (beside.is != SHAPE_ABSENT)
            (void)shape_refuse(beside, "can't stand beside an id: the guest is known");
    }
}

void
part_guest_or_id(struct call *call, struct shape *shape, struct id *ret_id, struct guest_details *ret_guest)
{
    struct shape guest;
    if (shape_object(shape_field(shape, "guest", SHAPE_REQUIRED), &guest) != SHAPE_SET)
        return;
    struct shape_field id = shape_field(&guest, "id", SHAPE_OPTIONAL);
    if (id.is == SHAPE_ABSENT)
        shape_person(&guest, ret_guest);
    else
        shape_known_guest(call, &guest, id, ret_id);
    shape_finish(&guest);
}

enum shape_is
part_price(struct shape *shape, struct price *ret_price)
{
    int64_t minor = 0;
    enum shape_is is = shape_i64(shape_field(shape, "price", SHAPE_NULLABLE), 0, PRICE_MAX, &minor);
    if (is == SHAPE_SET || is == SHAPE_NULL)
        *ret_price = (struct price){.known = is == SHAPE_SET, .minor = minor};
    return is;
}

void
part_override(struct shape *shape, bool *ret_overrides, struct str *ret_reason)
{
    struct shape_field reason = shape_field(shape, "reason", SHAPE_NULLABLE);
    (void)shape_bool(shape_field(shape, "override", SHAPE_OPTIONAL), ret_overrides);
    (void)shape_text(reason, 0, PART_REASON_MAX, ret_reason);
    if (*ret_overrides && str_trim(*ret_reason).len == 0)
        (void)shape_refuse(reason, "is needed: an override is made for a reason");
}

void
part_payment(struct shape *shape, enum booking_payment *ret_payment)
{
    static const struct shape_word words[] = {{"none", PAYMENT_NONE}, {"required", PAYMENT_REQUIRED}};
    int word;
    if (shape_enum(shape_field(shape, "payment", SHAPE_OPTIONAL), words, 2, &word) == SHAPE_SET)
        *ret_payment = (enum booking_payment)word;
}

/* -- features -- */

static int
compare_str(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static struct str
write_features(struct call *call, struct str *features, size_t count)
{
    struct text text;
    struct json_writer writer;
    qsort(features, count, sizeof(*features), compare_str);
    text_init(&text, call->arena, 64);
    json_writer_init(&writer, &text);
    json_write_array_begin(&writer);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !str_equal(features[i], features[i - 1]))
            json_write_str(&writer, features[i]);
    json_write_array_end(&writer);
    return text_str(&text);
}

enum shape_is
part_features(struct call *call, struct shape *shape, struct str *ret_features)
{
    struct shape_list list;
    enum shape_is is = shape_list(shape_field(shape, "features", SHAPE_OPTIONAL), 0, PART_FEATURES_MAX, &list);
    if (is != SHAPE_SET)
        return is;
    struct str features[PART_FEATURES_MAX] = {{NULL, 0}};
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++)
        if (shape_str(shape_item(&list, i), 1, PART_FEATURE_MAX, &features[count]) == SHAPE_SET)
            count++;
    if (count < list.count)
        return SHAPE_WRONG;
    *ret_features = write_features(call, features, count);
    return SHAPE_SET;
}

/* -- numbers -- */

enum shape_is
part_seconds(struct shape_field field, int64_t min_s, int64_t max_s, int64_t *ret_ms)
{
    int64_t seconds;
    enum shape_is is = shape_i64(field, min_s, max_s, &seconds);
    if (is == SHAPE_SET)
        *ret_ms = seconds * 1000;
    return is;
}

enum shape_is
part_i32(struct shape_field field, int32_t min, int32_t max, int32_t *ret_value)
{
    int64_t value;
    enum shape_is is = shape_i64(field, min, max, &value);
    if (is == SHAPE_SET)
        *ret_value = (int32_t)value;
    return is;
}
