/* One want a type: the component of the first night, which holds every arrival, and the claims around it. */
#include "core/facts_auto_assign.h"

#include "core/date.h"

enum { AROUND_DAYS = 15 }; /* holes are told apart up to this size */

static struct want
want_type(const struct room_type *type, struct span span, bool arrivals)
{
    return (struct want){.room_type = type->id,
                         .span = span,
                         .placement = true,
                         .fixes = true,
                         .owners = true,
                         .room_states = true,
                         .arrivals = arrivals,
                         .around_ms = AROUND_DAYS * DATE_DAY_MS};
}

bool
facts_assigns_type(const struct auto_assign_arrivals *asked, const struct room_type *type)
{
    bool named = asked->room_type_count == 0;
    for (size_t i = 0; i < asked->room_type_count; i++)
        named |= id_equal(asked->room_types[i], type->id);
    return named && type->sold_by == SOLD_BY_NIGHT && type->stock == STOCK_ROOMS;
}

static size_t
wants_of_booking(const struct facts *facts, struct want *wants)
{
    const struct booking *booking = facts->booking_count == 0 ? NULL : &facts->bookings[0];
    const struct room_type *type = booking == NULL ? NULL : house_find_type(&facts->house, booking->room_type);
    if (type == NULL || type->sold_by != SOLD_BY_NIGHT || type->stock != STOCK_ROOMS || booking->claim_count > 0)
        return 0;
    struct span ahead = booking_ahead(booking, facts->today);
    wants[0] = want_type(type, ahead, false);
    return span_is_valid(ahead) ? 1 : 0;
}

static size_t
wants_of_arrivals(const struct auto_assign_arrivals *asked, const struct facts *facts, struct want *wants)
{
    struct span first_night = span_from_nights(asked->date, asked->date + 1);
    size_t count = 0;
    for (size_t i = 0; i < facts->house.type_count; i++) {
        if (facts_assigns_type(asked, &facts->house.types[i]))
            wants[count++] = want_type(&facts->house.types[i], first_night, true);
    }
    return count;
}

size_t
facts_auto_assign_wants(const struct command *command, const struct facts *facts, struct arena *arena,
                        struct want **ret_wants)
{
    *ret_wants = ARENA_ARRAY(arena, facts->house.type_count + 1, struct want);
    if (*ret_wants == NULL)
        return 0;
    return command->kind == COMMAND_AUTO_ASSIGN_BOOKING
               ? wants_of_booking(facts, *ret_wants)
               : wants_of_arrivals(&command->auto_assign_arrivals, facts, *ret_wants);
}

bool
facts_arrives_on(int64_t starts, int64_t day, int32_t today)
{
    return starts == day || (starts < day && day == date_to_instant(today));
}
