/* What is seldom done in a house: guests are put right and erased, bookings get links and lose them, whoever has one
 * calls off, and nights are given other units or an allowance. */
#include <stdio.h>

#include "tests/support/house_life_part.h"

/* Who booked something, or comes along, and now and then nobody. */
static struct id
any_guest(struct house_life *life)
{
    const struct house_model *m = life->model;
    const struct booking *booking = any_booking(life);
    if (m->companion_count > 0 && one_in(life, 3))
        return m->companions[house_life_pick(life, (int)m->companion_count)].guest;
    return booking == NULL || one_in(life, 30) ? ID_NONE : booking->guest;
}

static struct command
any_guest_change(struct house_life *life, struct actor actor)
{
    static const struct str names[] = {{"Ada King", 8}, {"Ada Byron", 9}};
    struct command command = {
        .kind = one_in(life, 3) ? COMMAND_ERASE_GUEST : COMMAND_AMEND_GUEST, .actor = actor, .property = 1};
    if (life->model->changed_guest_count + 1 >= MODEL_GUESTS)
        command.kind = COMMAND_WITHDRAW_GUEST_LINK, command.withdraw_guest_link.booking = any_booking_id(life);
    else
        command.put_guest = (struct put_guest){.guest = any_guest(life),
                                               .details = {.name = names[house_life_pick(life, 2)]},
                                               .keeps_empty = one_in(life, 3)};
    return command;
}

/* By the link of another booking, too, or by one that was never made. */
static struct command
any_cancel_by_link(struct house_life *life)
{
    const struct house_model *m = life->model;
    const struct guest_link *link = m->link_count == 0 ? NULL : &m->links[house_life_pick(life, (int)m->link_count)];
    struct actor bearer = {.name = STR("gln_bearer"), .role = ROLE_GUEST, .link = {9, 9}};
    if (link != NULL)
        bearer.link = link->id;
    return (struct command){
        .kind = COMMAND_CANCEL_BOOKING,
        .actor = bearer,
        .property = 1,
        .booking_step = {.booking = link == NULL || one_in(life, 6) ? any_booking_id(life) : link->booking}};
}

static struct command
any_link(struct house_life *life, struct actor actor)
{
    struct command command = {.kind = COMMAND_CREATE_GUEST_LINK, .actor = actor, .property = 1};
    if (life->model->link_count + 1 >= MODEL_LINKS || one_in(life, 4)) {
        command.kind = COMMAND_WITHDRAW_GUEST_LINK;
        command.withdraw_guest_link.booking = any_booking_id(life);
    } else {
        command.create_guest_link =
            (struct create_guest_link){.id = {8, ++life->links}, .booking = any_booking_id(life)};
    }
    return command;
}

/* Of a count mostly: what rooms are overbooked by need not be placed any more, which is told of nothing else. */
static struct command
any_nights(struct house_life *life)
{
    const struct house_model *m = life->model;
    const struct room_type *type = &m->types[house_life_pick(life, (int)m->type_count)];
    for (size_t i = 0; i < m->type_count && !one_in(life, 12); i++)
        if (m->types[i].stock == STOCK_COUNT)
            type = &m->types[i];
    int32_t from = m->today + house_life_pick(life, 6) - (one_in(life, 20) ? 1 : 0);
    bool units = one_in(life, 12) ? type->stock != STOCK_COUNT : type->stock == STOCK_COUNT;
    return (struct command){.kind = COMMAND_SET_INVENTORY,
                            .actor = {STR("usr_manager"), ROLE_MANAGER},
                            .property = 1,
                            .set_inventory = {.room_type = type->id,
                                              .from = from,
                                              .until = from + house_life_pick(life, 5) + (one_in(life, 20) ? 0 : 1) +
                                                       (one_in(life, 20) ? 12 : 0),
                                              .units = units && !one_in(life, 3) ? house_life_pick(life, 5) : -1,
                                              .allowance = one_in(life, 2) ? house_life_pick(life, 3) : -1}};
}

struct command
house_life_seldom(struct house_life *life)
{
    struct actor actor = house_life_actor(life);
    switch (house_life_pick(life, 6)) {
    case 0: return any_nights(life);
    case 1: return any_cancel_by_link(life);
    case 2:
    case 3: return any_link(life, actor);
    default: return any_guest_change(life, actor);
    }
}
