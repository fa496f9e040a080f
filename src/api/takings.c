/* What was taken and given back in a day or a shift: what a drawer and a terminal are counted against. */
#include "api/actor_names.h"
#include "api/handlers.h"
#include "api/reply.h"
#include "api/taking_text.h"
#include "core/amount.h"

enum { PERIOD_DAYS_MAX = 31, INSTANT_BYTES = 8, CURSOR_LEN = 2 * INSTANT_BYTES, ITEM_TEXT = 640 };

struct takings_asked {
    bool has_date;
    int32_t date;        /* local */
    int64_t from, until; /* ms; without a date */
    struct page page;
};

/* -- which -- */

static void
shape_shift(struct shape *query, struct takings_asked *asked)
{
    struct shape_field from = shape_field(query, "from", SHAPE_REQUIRED);
    struct shape_field until = shape_field(query, "until", SHAPE_REQUIRED);
    enum shape_is begins = shape_instant(from, &asked->from);
    if (shape_instant(until, &asked->until) != SHAPE_SET || begins != SHAPE_SET)
        return;
    if (asked->until <= asked->from)
        (void)shape_refuse(until, "must be after from");
    else if (asked->until - asked->from > PERIOD_DAYS_MAX * DATE_DAY_MS)
        (void)shape_refuse(until, "must be at most %d days after from", PERIOD_DAYS_MAX);
}

/* A day of the house, or a shift that is said by its instants. */
static void
shape_period(struct shape *query, struct takings_asked *asked)
{
    static const char *const ends[] = {"from", "until"};
    struct shape_field date = shape_field(query, "date", SHAPE_OPTIONAL);
    bool any = false;
    asked->has_date = date.is != SHAPE_ABSENT;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct shape_field end = shape_field(query, ends[i], SHAPE_OPTIONAL);
        any |= end.is != SHAPE_ABSENT;
        if (asked->has_date && end.is != SHAPE_ABSENT)
            (void)shape_refuse(end, "can't be given with date");
    }
    if (asked->has_date)
        (void)shape_date(date, &asked->date);
    else if (any)
        shape_shift(query, asked);
    else
        (void)shape_refuse(date, "is required, or from and until");
}

void
takings_shape(struct call *call, struct shape *query, struct shape *body)
{
    struct takings_asked *asked = call_ask(call, sizeof(*asked));
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    shape_period(query, asked);
    call_shape_page(call, query, CURSOR_LEN, &asked->page);
}

/* -- where a page begins: when the last one shown was, and its event -- */

static void
put_i64(unsigned char *bytes, int64_t value)
{
    for (int i = 0; i < INSTANT_BYTES; i++)
        bytes[i] = (unsigned char)((uint64_t)value >> (56 - 8 * i));
}

static int64_t
take_i64(const unsigned char *bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < INSTANT_BYTES; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

static struct str
write_cursor(struct call *call, int64_t at, int64_t seq)
{
    unsigned char bytes[CURSOR_LEN];
    put_i64(bytes, at);
    put_i64(bytes + INSTANT_BYTES, seq);
    return call_write_cursor(call, bytes, sizeof(bytes));
}

/* -- the page -- */

struct sum {
    int64_t captured, refunded;
};

struct takings_page {
    struct call *call;
    struct reader *reader;
    const struct house *house;
    struct actor_names names;
    struct json_writer writer; /* stands in `items` */
    struct text text;
    int64_t after_at, after_seq; /* the last one shown, of the page before or of this one */
    int64_t left;
    struct str next; /* ptr NULL for none */
    struct sum sums[PAYMENT_METHOD_COUNT];
};

static bool
is_shown_before(const struct takings_page *page, const struct taking *taking)
{
    return taking->at < page->after_at || (taking->at == page->after_at && taking->seq <= page->after_seq);
}

static enum db_status
show(struct takings_page *page, const struct taking *taking)
{
    struct taking_payer payer;
    struct str actor_name = STR("");
    if (is_shown_before(page, taking) || page->next.ptr != NULL)
        return DB_OK;
    if (page->left == 0) {
        page->next = write_cursor(page->call, page->after_at, page->after_seq);
        return DB_OK;
    }
    enum db_status status =
        takings_payer(&page->reader->store, page->call->property, &taking->payment, &page->reader->scratch, &payer);
    if (status == DB_OK)
        status = actor_names_find(&page->names, page->call, page->reader, taking->actor, &actor_name);
    if (status == DB_OK)
        taking_write(&page->writer, page->house->property, taking, &payer, actor_name);
    page->left--;
    page->after_at = taking->at;
    page->after_seq = taking->seq;
    return status;
}

/* The sums are of the whole period whatever is shown of it, or they would be counted against the wrong drawer. */
static enum db_status
walk(struct takings_page *page, struct takings *takings)
{
    enum db_status status = DB_OK;
    while (status == DB_OK && !takings->done) {
        struct taking *items;
        size_t count;
        arena_reset(&page->reader->scratch);
        status = takings_next(takings, &page->reader->store, &page->reader->scratch, &items, &count);
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            struct sum *sum = &page->sums[items[i].payment.method];
            sum->captured = amount_add(sum->captured, items[i].captured);
            sum->refunded = amount_add(sum->refunded, items[i].refunded);
            status = show(page, &items[i]);
        }
    }
    return status;
}

/* -- the reply -- */

static void
write_amounts(struct json_writer *writer, struct sum sum)
{
    json_member_i64(writer, "captured", sum.captured);
    json_member_i64(writer, "refunded", sum.refunded);
    json_member_i64(writer, "net", sum.captured - sum.refunded);
}

static void
write_sums(struct json_writer *writer, const struct sum sums[PAYMENT_METHOD_COUNT])
{
    struct sum total = {0, 0};
    json_member_array_begin(writer, "sums");
    for (int method = 0; method < PAYMENT_METHOD_COUNT; method++) {
        if (sums[method].captured == 0 && sums[method].refunded == 0)
            continue;
        total.captured = amount_add(total.captured, sums[method].captured);
        total.refunded = amount_add(total.refunded, sums[method].refunded);
        json_write_object_begin(writer);
        json_member_str(writer, "method", payment_method_name((enum payment_method)method));
        write_amounts(writer, sums[method]);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_member_object_begin(writer, "total");
    write_amounts(writer, total);
    json_write_object_end(writer);
}

static struct takings
period_of(const struct takings_asked *asked, const struct house_entry *house)
{
    struct takings takings = {.property = house->house.property, .from = asked->from, .until = asked->until};
    if (asked->has_date) {
        takings.from = zone_instant_of(house->zone, asked->date, 0);
        takings.until = zone_instant_of(house->zone, asked->date + 1, 0);
    }
    return takings;
}

static void
begin_page(struct takings_page *page, const struct takings *period)
{
    struct call *call = page->call;
    text_init(&page->text, call->arena, (size_t)4 * ITEM_TEXT);
    json_writer_init(&page->writer, &page->text);
    json_write_object_begin(&page->writer);
    json_member_instant(&page->writer, "from", period->from);
    json_member_instant(&page->writer, "until", period->until);
    json_member_str(&page->writer, "currency", period->property->currency);
    json_member_array_begin(&page->writer, "items");
}

static void
send_page(struct takings_page *page)
{
    json_write_array_end(&page->writer);
    json_member_str_or_null(&page->writer, "next", page->next);
    write_sums(&page->writer, page->sums);
    json_write_object_end(&page->writer);
    reply_text(page->call, &page->text, 0);
}

void
takings_load(struct call *call, struct reader *reader)
{
    const struct takings_asked *asked = call->asked;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    struct takings period = period_of(asked, house);
    struct takings_page page = {.call = call, .reader = reader, .house = &house->house, .left = asked->page.limit};
    if (asked->page.after.len == CURSOR_LEN) {
        const unsigned char *cursor = (const unsigned char *)asked->page.after.ptr;
        page.after_at = take_i64(cursor);
        page.after_seq = take_i64(cursor + INSTANT_BYTES);
    }
    begin_page(&page, &period);
    if (call_check(call, reader, walk(&page, &period)))
        send_page(&page);
}
