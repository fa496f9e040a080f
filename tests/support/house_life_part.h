/* What the files of random lives share; for them alone. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_HOUSE_LIFE_PART_H
#define NIGHTLATCH_TESTS_SUPPORT_HOUSE_LIFE_PART_H

#include "tests/support/house_life.h"

static inline bool
one_in(struct house_life *life, int count)
{
    return house_life_pick(life, count) == 0;
}

/* Live or over; NULL where there is none. */
static inline const struct booking *
any_booking(struct house_life *life)
{
    const struct house_model *m = life->model;
    return m->booking_count == 0 ? NULL : &m->bookings[house_life_pick(life, (int)m->booking_count)];
}

static inline struct id
any_booking_id(struct house_life *life)
{
    const struct booking *booking = any_booking(life);
    return booking == NULL ? ID_NONE : booking->id;
}

/* A command about money, or of guests who come and leave; for house_life_command(). */
struct command house_life_money(struct house_life *life);

/* A command of housekeeping; for house_life_command(). */
struct command house_life_upkeep(struct house_life *life);

/* Not known, or one of a few; for who may say prices. */
struct price house_life_price(struct house_life *life, struct actor actor);

#endif
