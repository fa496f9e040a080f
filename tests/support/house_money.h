/* What money must come to in a house: an auditor who predicts it from the rules, beside the deciders.
 *
 * Before a command its books are taken from the house. After it they are carried on by what was asked, and by what
 * became of the bookings: how a command about money or a check-out ends, how far each booking is paid, what every
 * payment has taken and given back, and how much is due to go back of each account (a group, or a booking alone). What
 * the house then has must be the same to the cent. It refuses to know of rooms: whether a booking that expired can be
 * had again it takes from the house, and looks only whether it had to be asked. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_HOUSE_MONEY_H
#define NIGHTLATCH_TESTS_SUPPORT_HOUSE_MONEY_H

#include "tests/support/house_model.h"

struct money_line {
    struct id id, group;
    enum booking_status status;
    struct price price;
    int64_t fee;
    bool required, by_minute;
    int64_t starts;
    struct id room_type;
};

struct house_money {
    struct money_line lines[MODEL_BOOKINGS];
    size_t line_count;
    struct payment payments[MODEL_PAYMENTS];
    size_t payment_count;
    struct refund refunds[MODEL_REFUNDS];
    size_t refund_count;
    size_t set_aside_count;
    bool seen; /* the provider's event that the command is about was applied before */
};

/* The books as they stand before the command. */
void house_money_take(const struct house_model *model, const struct command *command, struct house_money *ret_books);

/* Carries them on over the command as it was decided, and compares them with the house after it. False with `why` set
 * in the house. The books are used up. */
bool house_money_audit(struct house_money *books, const struct command *command, const struct decision *decision,
                       struct house_model *after);

#endif
