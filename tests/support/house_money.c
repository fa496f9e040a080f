/* Every sum is taken over everything there is, each time anew. The rules are those of the domain:
 *
 * - The house is to have the price of a booking; a fee where it ended before anybody came, which policy says.
 * - What ends gives back what was paid for it but for the fee: its own payments, and of its group's what the others do
 *   not need, up to its price.
 * - What comes above what the house is to have goes back, and what goes back by itself is not owed again.
 * - What one paid above its own price is kept while the others need it, and goes back when they do not any more.
 * - What comes above that goes back to who it came from; what comes for who was called off goes back.
 * - What is due to one booking never pays for another.
 * - A fee that was kept out of what others paid stays kept, whatever becomes of their prices. */
#include "tests/support/house_money.h"

#include <stdio.h>

#include "core/ledger.h"
#include "core/policy.h"
#include "tests/support/house_model_part.h"

#define NOBODY_KNOWS (INT64_MAX / 4)

struct payer {
    struct id booking, group; /* one of the two */
};

struct sums {
    int64_t in, gone, back; /* captured, given back, due to go back */
};

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static struct money_line *
find_line(struct house_money *books, struct id id)
{
    for (size_t i = 0; i < books->line_count; i++)
        if (id_equal(books->lines[i].id, id))
            return &books->lines[i];
    return NULL;
}

static struct payment *
find_payment(struct house_money *books, struct id id)
{
    for (size_t i = 0; i < books->payment_count; i++)
        if (id_equal(books->payments[i].id, id))
            return &books->payments[i];
    return NULL;
}

static struct refund *
find_refund(struct house_money *books, struct id id)
{
    for (size_t i = 0; i < books->refund_count; i++)
        if (id_equal(books->refunds[i].id, id) && !id_is_none(id)) /* those that the books predict have none */
            return &books->refunds[i];
    return NULL;
}

static struct payer
account_of(const struct money_line *line)
{
    bool alone = id_is_none(line->group);
    return (struct payer){alone ? line->id : ID_NONE, line->group};
}

static bool
has_line(struct payer account, const struct money_line *line)
{
    struct payer other = account_of(line);
    return id_equal(other.booking, account.booking) && id_equal(other.group, account.group);
}

static bool
has_payment(struct house_money *books, struct payer account, const struct payment *payment)
{
    const struct money_line *line = id_is_none(payment->booking) ? NULL : find_line(books, payment->booking);
    return line == NULL ? id_equal(payment->group, account.group) : has_line(account, line);
}

static struct payer
account_of_payment(struct house_money *books, const struct payment *payment)
{
    const struct money_line *line = id_is_none(payment->booking) ? NULL : find_line(books, payment->booking);
    return line == NULL ? (struct payer){ID_NONE, payment->group} : account_of(line);
}

/* --- sums --- */

/* Of the payment's refunds in a state that `counts` says. */
static int64_t
refunds_of(const struct house_money *books, struct id payment, bool (*counts)(const struct refund *refund))
{
    int64_t sum = 0;
    for (size_t i = 0; i < books->refund_count; i++)
        if (id_equal(books->refunds[i].payment, payment) && counts(&books->refunds[i]))
            sum += books->refunds[i].amount;
    return sum;
}

static bool
is_open(const struct refund *refund)
{
    return refund->status == REFUND_DUE || refund->status == REFUND_SENT;
}

static bool
is_settled(const struct refund *refund)
{
    return refund->status == REFUND_SETTLED;
}

static bool
is_asked(const struct refund *refund)
{
    return is_open(refund) && refund->attempts > 0;
}

/* A rule made it, and can take it back. */
static bool
is_loose(const struct refund *refund)
{
    return refund->status == REFUND_DUE && refund->automatic && refund->attempts == 0;
}

/* The house has given it back, or somebody has said that it does; it is the payer's, even if it did not get there. */
static bool
is_given(const struct refund *refund)
{
    return refund->status != REFUND_WITHDRAWN && !is_loose(refund);
}

static void
add_payment(const struct house_money *books, const struct payment *payment, struct sums *sums)
{
    int64_t untold = most(0, payment->refunded - refunds_of(books, payment->id, is_settled));
    sums->in += payment->captured;
    sums->gone += most(payment->refunded, refunds_of(books, payment->id, is_settled));
    sums->back += refunds_of(books, payment->id, is_open) - least(untold, refunds_of(books, payment->id, is_asked));
}

/* Of the payments for exactly this booking, or exactly this group. */
static struct sums
sums_for(const struct house_money *books, struct id booking, struct id group)
{
    struct sums sums = {0, 0, 0};
    for (size_t i = 0; i < books->payment_count; i++)
        if (id_equal(books->payments[i].booking, booking) && id_equal(books->payments[i].group, group))
            add_payment(books, &books->payments[i], &sums);
    return sums;
}

static struct sums
sums_of(struct house_money *books, struct payer account)
{
    struct sums sums = {0, 0, 0};
    for (size_t i = 0; i < books->payment_count; i++)
        if (has_payment(books, account, &books->payments[i]))
            add_payment(books, &books->payments[i], &sums);
    return sums;
}

static int64_t
left_for(const struct house_money *books, struct id booking, struct id group)
{
    struct sums sums = sums_for(books, booking, group);
    return most(0, sums.in - sums.gone - sums.back);
}

/* --- what the house is to have --- */

static bool
is_called_off(const struct money_line *line)
{
    return line->status == BOOKING_CANCELLED || line->status == BOOKING_DECLINED;
}

/* It is over, and nothing more is owed for it than a fee. */
static bool
is_over(const struct money_line *line)
{
    return is_called_off(line) || line->status == BOOKING_EXPIRED || line->status == BOOKING_NO_SHOW;
}

/* For this booking alone, were it asked of its payer now. */
static int64_t
price_to_have(const struct money_line *line)
{
    if (line->status == BOOKING_NO_SHOW)
        return line->fee;
    if (is_over(line))
        return 0;
    return line->price.known ? line->price.minor : NOBODY_KNOWS;
}

/* The same with the fee of what was called off, which others of a group may pay. */
static int64_t
charge_of(const struct money_line *line)
{
    return line->status == BOOKING_CANCELLED ? line->fee : price_to_have(line);
}

struct due {
    int64_t minor;      /* NOBODY_KNOWS and more */
    int64_t called_off; /* of it: what those who were called off have left of their own */
    int64_t fees;       /* beside it: of their fees what they have not paid themselves */
    bool any;           /* somebody still pays */
};

static struct due
due_of(struct house_money *books, struct payer account)
{
    struct due due = {0, 0, 0, false};
    for (size_t i = 0; i < books->line_count; i++) {
        const struct money_line *line = &books->lines[i];
        if (!has_line(account, line))
            continue;
        if (is_called_off(line))
            due.called_off += left_for(books, line->id, ID_NONE);
        if (line->status == BOOKING_CANCELLED)
            due.fees += most(0, line->fee - left_for(books, line->id, ID_NONE));
        if (!is_called_off(line) && line->status != BOOKING_EXPIRED)
            due.any = true;
        due.minor += least(price_to_have(line), NOBODY_KNOWS);
    }
    due.minor += due.called_off;
    return due;
}

/* What was paid for this one: what its end can give back. */
static int64_t
paid_for(const struct house_money *books, const struct money_line *line)
{
    int64_t own = left_for(books, line->id, ID_NONE), needed = 0;
    if (id_is_none(line->group))
        return own;
    for (size_t i = 0; i < books->line_count; i++) {
        const struct money_line *other = &books->lines[i];
        if (other != line && id_equal(other->group, line->group))
            needed += most(0, charge_of(other) - left_for(books, other->id, ID_NONE));
    }
    int64_t share = most(0, left_for(books, ID_NONE, line->group) - needed);
    return own + (line->price.known ? least(share, most(0, line->price.minor - own)) : share);
}

/* What this one has still to pay before it leaves. */
static int64_t
balance_of(struct house_money *books, const struct money_line *line)
{
    if (!line->price.known)
        return 0;
    int64_t alone = most(0, line->price.minor - left_for(books, line->id, ID_NONE));
    struct sums sums = sums_of(books, account_of(line));
    int64_t together = due_of(books, account_of(line)).minor - most(0, sums.in - sums.gone - sums.back);
    return id_is_none(line->group) ? alone : least(alone, most(0, together));
}

/* What of the fee of one that was called off nobody has paid yet; in a group what the others paid too much pays it. */
static int64_t
fee_of(struct house_money *books, const struct money_line *line)
{
    struct sums sums = sums_of(books, account_of(line));
    struct due due = due_of(books, account_of(line));
    int64_t alone = most(0, line->fee - left_for(books, line->id, ID_NONE));
    int64_t together = due.minor + due.fees - most(0, sums.in - sums.gone - sums.back);
    if (line->status != BOOKING_CANCELLED)
        return 0;
    return id_is_none(line->group) ? alone : least(alone, most(0, together));
}

/* What nobody has paid yet of all that a group owes. */
static int64_t
fees_of_group(struct house_money *books, struct payer account)
{
    struct sums sums = sums_of(books, account);
    struct due due = due_of(books, account);
    return most(0, due.minor + due.fees - most(0, sums.in - sums.gone - sums.back));
}

/* --- what goes back --- */

static void
put_refund(struct house_money *books, const struct payment *payment, struct id booking, int64_t amount, bool automatic)
{
    if (amount > 0 && books->refund_count < MODEL_REFUNDS)
        books->refunds[books->refund_count++] = (struct refund){
            .payment = payment->id, .booking = booking, .amount = amount, .status = REFUND_DUE, .automatic = automatic};
}

static int64_t
refundable(const struct house_money *books, const struct payment *payment)
{
    return most(0, payment->captured - payment->refunded - refunds_of(books, payment->id, is_open));
}

/* What is not gone, and not to go, of one payment. */
static int64_t
left_in(const struct house_money *books, const struct payment *payment)
{
    struct sums sums = {0, 0, 0};
    add_payment(books, payment, &sums);
    return most(0, sums.in - sums.gone - sums.back);
}

/* Out of the payments for exactly this, the newest first; returns what they did not have. */
static int64_t
give_back_from(struct house_money *books, struct id booking, struct id group, struct id whom, int64_t amount)
{
    for (size_t i = books->payment_count; i > 0; i--) {
        const struct payment *payment = &books->payments[i - 1];
        if (!id_equal(payment->booking, booking) || !id_equal(payment->group, group))
            continue;
        int64_t part = least(amount, left_in(books, payment));
        put_refund(books, payment, whom, part, true);
        amount -= part;
    }
    return amount;
}

static void
give_back(struct house_money *books, const struct money_line *line, int64_t amount)
{
    amount = give_back_from(books, line->id, ID_NONE, line->id, amount);
    if (!id_is_none(line->group))
        (void)give_back_from(books, ID_NONE, line->group, line->id, amount);
}

/* Of the account, whoever paid. */
static void
give_back_any(struct house_money *books, struct payer account, int64_t amount)
{
    if (!id_is_none(account.group))
        amount = give_back_from(books, ID_NONE, account.group, ID_NONE, amount);
    for (size_t i = 0; i < books->line_count && amount > 0; i++)
        if (has_line(account, &books->lines[i]))
            amount = give_back_from(books, books->lines[i].id, ID_NONE, books->lines[i].id, amount);
}

/* What is due to one who is out is only taken back where the money of that booking moved. */
static bool
may_take_back(struct house_money *books, const struct refund *refund, const struct payment *moved)
{
    const struct money_line *line = id_is_none(refund->booking) ? NULL : find_line(books, refund->booking);
    return is_loose(refund) &&
           (line == NULL || !is_over(line) ||
            (moved != NULL && (id_equal(moved->id, refund->payment) || id_equal(moved->booking, refund->booking))));
}

/* Is it due to whom the payment is of? */
static bool
is_theirs(const struct refund *refund, const struct payment *payment, const struct payment *moved)
{
    return id_equal(payment->id, moved->id) ||
           (!id_is_none(moved->booking) &&
            (id_equal(payment->booking, moved->booking) || id_equal(refund->booking, moved->booking)));
}

/* Of the account, or of the payment's own alone; returns how much it was. */
static int64_t
take_back_of(struct house_money *books, struct payer account, const struct payment *moved, bool own, int64_t amount)
{
    int64_t taken = 0;
    for (size_t i = 0; i < books->refund_count && taken < amount; i++) {
        struct refund *refund = &books->refunds[i];
        const struct payment *payment = find_payment(books, refund->payment);
        if (payment == NULL || !has_payment(books, account, payment) || !may_take_back(books, refund, moved) ||
            (own && !is_theirs(refund, payment, moved)))
            continue;
        int64_t part = least(amount - taken, refund->amount);
        refund->amount -= part;
        refund->status = refund->amount == 0 ? REFUND_WITHDRAWN : refund->status;
        taken += part;
    }
    return taken;
}

static void
take_back(struct house_money *books, struct payer account, const struct payment *moved, int64_t amount)
{
    if (moved != NULL)
        amount -= take_back_of(books, account, moved, true, amount);
    (void)take_back_of(books, account, moved, false, amount);
}

/* --- what becomes of bookings --- */

static int64_t
fee_by_policy(const struct house_model *model, const struct money_line *line, enum booking_status to)
{
    const struct property *property = &model->property;
    if (!line->price.known)
        return 0;
    if (to == BOOKING_NO_SHOW)
        return line->price.minor * property->no_show_fee_percent / 100;
    bool late = model->now_ms >= line->starts - property->cancellation_window_h * INT64_C(3600000);
    bool promised = line->status == BOOKING_CONFIRMED;
    return promised && late ? line->price.minor * property->cancellation_fee_percent / 100 : 0;
}

/* What was asked for this booking; zeroed when it came to it by itself. */
static struct booking_step
step_for(const struct command *command, struct id booking)
{
    if (command->kind == COMMAND_CANCEL_BOOKING || command->kind == COMMAND_MARK_NO_SHOW)
        return command->booking_step;
    for (size_t i = 0; command->kind == COMMAND_BATCH_BOOKINGS && i < command->booking_batch.count; i++)
        if (id_equal(command->booking_batch.items[i].booking, booking))
            return command->booking_batch.items[i];
    return (struct booking_step){.booking = booking};
}

/* Who paid more for themselves than is asked of them, when that was kept for the one that is over. */
static void
release_others(struct house_money *books, const struct money_line *ended)
{
    struct payer account = account_of(ended);
    struct sums sums = sums_of(books, account);
    struct due due = due_of(books, account);
    int64_t spare = most(0, sums.in - sums.gone - sums.back) - due.minor - due.fees;
    if (id_is_none(ended->group) || due.minor >= NOBODY_KNOWS)
        return;
    for (size_t i = 0; i < books->line_count; i++) {
        const struct money_line *line = &books->lines[i];
        if (line == ended || !has_line(account, line) || is_called_off(line))
            continue;
        int64_t own = left_for(books, line->id, ID_NONE);
        int64_t part = most(0, least(spare, own - price_to_have(line)));
        (void)give_back_from(books, line->id, ID_NONE, line->id, part);
        spare -= part;
    }
}

/* It is over before anybody came: gives back all but the fee, or what staff said. */
static bool
end_line(struct house_money *books, struct money_line *line, const struct booking *now, const struct command *command,
         struct house_model *model)
{
    struct booking_step asked = step_for(command, line->id);
    bool has_fee = now->status == BOOKING_CANCELLED || now->status == BOOKING_NO_SHOW;
    int64_t fee = has_fee && !asked.waives_fee ? fee_by_policy(model, line, now->status) : 0;
    if (now->fee_minor != fee)
        return model_fail(model, "P4", "another fee is kept than policy says");
    int64_t paid = paid_for(books, line), back = most(0, paid - fee);
    if (now->status == BOOKING_CANCELLED && asked.refund.asked == REFUND_NOTHING)
        back = 0;
    if (now->status == BOOKING_CANCELLED && asked.refund.asked == REFUND_AMOUNT)
        back = least(asked.refund.minor, paid);
    line->status = now->status;
    line->fee = fee;
    give_back(books, line, back);
    release_others(books, line);
    return true;
}

static void
change_price(struct house_money *books, struct money_line *line, struct price price)
{
    struct payer account = account_of(line);
    struct price before = line->price;
    struct sums sums = sums_of(books, account);
    line->price = price;
    if (!price.known)
        return;
    struct due due = due_of(books, account);
    int64_t over = sums.in - sums.gone - sums.back - due.minor - due.fees;
    if (!before.known) {
        int64_t own = most(0, left_for(books, line->id, ID_NONE) - price.minor);
        give_back(books, line, own);
        if (due.minor < NOBODY_KNOWS)
            give_back_any(books, account, most(0, over - own));
    }
    if (before.known && due.minor < NOBODY_KNOWS && price.minor < before.minor)
        give_back_any(books, account, least(before.minor - price.minor, most(0, over)));
    if (before.known && due.minor < NOBODY_KNOWS && price.minor > before.minor)
        take_back(books, account, NULL, least(price.minor - before.minor, most(0, -over)));
}

static bool
is_end(enum booking_status status)
{
    return status == BOOKING_CANCELLED || status == BOOKING_DECLINED || status == BOOKING_NO_SHOW ||
           status == BOOKING_EXPIRED;
}

/* The house is to have less of what ended: what was paid of that goes back. */
static void
waive(struct house_money *books, struct money_line *line, int64_t fee)
{
    int64_t waived = line->fee - fee, above = most(0, paid_for(books, line) - fee);
    line->fee = fee;
    give_back(books, line, least(waived, above));
    release_others(books, line);
}

/* It is asked for again: what went into the way back when they did not come stays, as far as it is needed. */
static void
reinstate(struct house_money *books, struct money_line *line, const struct booking *now)
{
    struct payer account = account_of(line);
    int64_t fee = line->fee;
    line->status = now->status;
    line->fee = 0;
    struct sums sums = sums_of(books, account);
    struct due due = due_of(books, account);
    if (line->price.known && due.minor < NOBODY_KNOWS)
        take_back(books, account, NULL,
                  least(line->price.minor - fee, most(0, due.minor + due.fees - (sums.in - sums.gone - sums.back))));
}

static bool
follow_booking(struct house_money *books, const struct booking *now, const struct command *command,
               struct house_model *model)
{
    struct money_line *line = find_line(books, now->id);
    if (line == NULL && books->line_count < MODEL_BOOKINGS) {
        line = &books->lines[books->line_count++];
        *line = (struct money_line){.id = now->id, .group = now->group, .status = now->status, .price = now->price};
        line->required = now->payment == PAYMENT_REQUIRED;
    } else if (line != NULL && line->status != now->status && is_end(now->status)) {
        return end_line(books, line, now, command, model);
    } else if (line != NULL && !price_equal(line->price, now->price)) {
        change_price(books, line, now->price);
    } else if (line != NULL && command->kind == COMMAND_WAIVE_FEE && id_equal(command->booking_step.booking, now->id)) {
        int64_t left = command->booking_step.fee_left_minor;
        if (left >= line->fee || now->fee_minor != left)
            return model_fail(model, "P4", "another fee is left than was asked for");
        waive(books, line, left);
    } else if (line != NULL && command->kind == COMMAND_REINSTATE_BOOKING && line->status == BOOKING_NO_SHOW) {
        reinstate(books, line, now);
    }
    if (line == NULL)
        return model_fail(model, "model", "too many bookings for the books");
    line->status = now->status;
    line->fee = now->status == BOOKING_NO_SHOW || now->status == BOOKING_CANCELLED ? line->fee : 0;
    line->starts = now->span.starts;
    return true;
}

static bool
follow_bookings(struct house_money *books, const struct command *command, const struct decision *decision, size_t from,
                size_t until, struct house_model *model)
{
    for (size_t i = from; i < until; i++)
        if (decision->events[i].state == EVENT_OF_BOOKING &&
            !follow_booking(books, decision->events[i].booking, command, model))
            return false;
    return true;
}

/* --- payments --- */

/* Is what came, and was not given back by the house, enough for this one? */
static bool
is_enough(struct house_money *books, struct payer account, const struct money_line *line)
{
    int64_t own = 0, all = 0, of_group = 0, asked = 0;
    for (size_t i = 0; i < books->payment_count; i++) {
        const struct payment *payment = &books->payments[i];
        int64_t came = most(0, payment->captured - refunds_of(books, payment->id, is_given));
        own += id_equal(payment->booking, line->id) ? came : 0;
        of_group += id_is_none(payment->booking) && id_equal(payment->group, account.group) ? came : 0;
        all += has_payment(books, account, payment) ? came : 0;
    }
    if (own > 0 && own >= (line->price.known ? line->price.minor : 0))
        return true;
    for (size_t i = 0; i < books->line_count; i++) {
        const struct money_line *other = &books->lines[i];
        if (!has_line(account, other) || is_called_off(other))
            continue;
        if (!other->price.known)
            return of_group > 0;
        asked += other->price.minor;
    }
    return all > 0 && all >= asked;
}

static bool
needs_approval(const struct house_model *model, const struct money_line *line)
{
    const struct room_type *type = model_type(model, line->room_type);
    return type != NULL && type->needs_approval;
}

/* Each that waits for money and has it goes on when some comes in; whether the expired ones could be had again the
 * house says, all or none of them. */
static bool
promise_lines(struct house_money *books, struct payer account, bool captured, struct house_model *after)
{
    size_t late = 0, revived = 0;
    bool over = false;
    for (size_t i = 0; i < books->line_count; i++) {
        struct money_line *line = &books->lines[i];
        bool waits = line->status == BOOKING_PENDING_PAYMENT || line->status == BOOKING_EXPIRED;
        if (!captured || !has_line(account, line) || !waits || !is_enough(books, account, line))
            continue;
        enum booking_status promise = needs_approval(after, line) ? BOOKING_PENDING_APPROVAL : BOOKING_CONFIRMED;
        if (line->status == BOOKING_EXPIRED) {
            const struct booking *now = house_model_booking(after, line->id);
            late++;
            over |= line->starts < (line->by_minute ? after->now_ms : date_to_instant(after->today));
            if (now == NULL || now->status == BOOKING_EXPIRED)
                continue;
            revived++;
        }
        line->status = promise;
    }
    if (revived != 0 && (revived != late || over))
        return model_fail(after, "P5", "what is back had begun, or is not all there was");
    return true;
}

static bool
is_refused(const struct refund *refund)
{
    return refund->status == REFUND_FAILED;
}

/* Of the payments for exactly this: what a provider refused, or was asked for and may not have told of yet, and is with
 * the house above what is asked. */
static int64_t
refused_for(const struct house_money *books, struct id booking, struct id group, int64_t asked)
{
    int64_t sum = 0;
    for (size_t i = 0; i < books->payment_count; i++) {
        const struct payment *payment = &books->payments[i];
        if (!id_equal(payment->booking, booking) || !id_equal(payment->group, group))
            continue;
        sum += refunds_of(books, payment->id, is_refused);
        if (payment->method == PAYMENT_METHOD_CARD)
            sum += least(payment->refunded,
                         refunds_of(books, payment->id, is_settled) + refunds_of(books, payment->id, is_asked));
    }
    return least(sum, most(0, left_for(books, booking, group) - asked));
}

/* The same of all that is over: of those who were called off while somebody still pays, else of everybody. */
static int64_t
refused_of_ended(struct house_money *books, struct payer account, bool any)
{
    int64_t sum = 0, of_group = 0;
    for (size_t i = 0; i < books->line_count; i++) {
        const struct money_line *line = &books->lines[i];
        int64_t asked = charge_of(line);
        if (!has_line(account, line))
            continue;
        of_group += most(0, asked - left_for(books, line->id, ID_NONE));
        if (!any || is_called_off(line))
            sum += refused_for(books, line->id, ID_NONE, asked);
    }
    return sum + (any || id_is_none(account.group) ? 0 : refused_for(books, ID_NONE, account.group, of_group));
}

struct standing {
    struct sums sums;
    struct due due;
    int64_t refused; /* of what ended: what a provider did not give back, which is not taken off what is due */
    int64_t fee;     /* asked for at the desk for what was called off, where the payment is for that */
};

static struct standing
standing_of(struct house_money *books, const struct payment *payment)
{
    struct payer account = account_of_payment(books, payment);
    struct standing standing = {.sums = sums_of(books, account), .due = due_of(books, account)};
    standing.refused = refused_of_ended(books, account, standing.due.any);
    const struct money_line *line = id_is_none(payment->booking) ? NULL : find_line(books, payment->booking);
    if (line != NULL && payment->method != PAYMENT_METHOD_CARD)
        standing.fee = fee_of(books, line);
    int64_t fees =
        id_is_none(payment->booking) && payment->method != PAYMENT_METHOD_CARD ? fees_of_group(books, account) : 0;
    standing.due.minor += standing.due.fees;
    standing.due.called_off += standing.due.fees;
    if (!standing.due.any)
        standing.due.minor = most(0, standing.sums.in - standing.sums.gone - standing.sums.back) + fees;
    return standing;
}

/* The payment has moved: bookings go on, and what is not to be kept goes back. */
static bool
settle_account(struct house_money *books, const struct standing *before, const struct payment *moved,
               struct house_model *after)
{
    struct payer account = account_of_payment(books, moved);
    if (!promise_lines(books, account, sums_of(books, account).in > before->sums.in, after))
        return false;
    struct standing now = standing_of(books, moved);
    int64_t came = (now.sums.in - now.sums.gone - now.sums.back) -
                   (before->sums.in - before->sums.gone - before->sums.back); /* what was asked for is not lost again */
    const struct money_line *line = id_is_none(moved->booking) ? NULL : find_line(books, moved->booking);
    if (line != NULL && is_called_off(line) && came > 0) {
        came = most(0, came - before->fee);
        int64_t part = least(came, left_in(books, moved));
        put_refund(books, moved, moved->booking, part, true);
        give_back_any(books, account, came - part);
        return true;
    }
    int64_t to_have = now.due.any ? now.due.minor - now.due.called_off + before->due.called_off : before->due.minor;
    if (line != NULL && is_called_off(line) && now.due.any) { /* what went answers what is due to them first */
        int64_t had = before->sums.in - before->sums.gone - before->sums.back;
        int64_t spare = to_have < NOBODY_KNOWS ? most(0, had - to_have) : 0;
        came += take_back_of(books, account, moved, true, most(0, -came - before->refused - spare));
        now = standing_of(books, moved);
    }
    int64_t lost = now.due.any ? most(0, before->due.called_off - now.due.called_off) : 0;
    if (to_have >= NOBODY_KNOWS && line != NULL && is_called_off(line))
        take_back(books, account, moved, most(0, -came - most(before->refused, lost)));
    if (to_have >= NOBODY_KNOWS)
        return true;
    int64_t over = now.sums.in - now.sums.gone - now.sums.back - to_have;
    if (came > 0) {
        int64_t all = least(came, most(0, over)), part = least(all, left_in(books, moved));
        put_refund(books, moved, moved->booking, part, true);
        give_back_any(books, account, all - part);
    }
    if (came < 0)
        over += most(before->refused, lost); /* which is nobody else's to make good */
    take_back(books, account, moved, least(most(0, -over), most(0, to_have - before->due.minor - came)));
    return true;
}

/* --- commands about money --- */

/* The last word on one payment: the most that was ever said. */
static bool
say(struct payment *payment, struct payment_fact fact)
{
    struct payment before = *payment;
    payment->refunded = most(payment->refunded, fact.refunded);
    payment->captured = most(most(payment->captured, fact.captured), payment->refunded);
    payment->authorized = most(most(payment->authorized, fact.authorized), payment->captured);
    payment->failed_at = fact.failed && before.failed_at == 0 ? 1 : before.failed_at;
    payment->voided_at = fact.voided && before.voided_at == 0 ? 1 : before.voided_at;
    return payment->refunded != before.refunded || payment->captured != before.captured ||
           payment->authorized != before.authorized || payment->failed_at != before.failed_at ||
           payment->voided_at != before.voided_at;
}

/* Only what was set aside and not yet taken, nor ended, takes a step other than a refund. */
static bool
is_only_authorized(const struct payment *payment)
{
    bool failed = payment->failed_at != 0 && payment->method != PAYMENT_METHOD_CARD;
    return payment->authorized > 0 && payment->captured == 0 && payment->voided_at == 0 && !failed;
}

/* Set aside and not taken, of an account, or (alone) of one booking of it. */
static int64_t
set_aside_for(struct house_money *books, struct payer account, const struct money_line *alone)
{
    int64_t sum = 0;
    for (size_t i = 0; i < books->payment_count; i++) {
        const struct payment *payment = &books->payments[i];
        bool is_in = alone == NULL ? has_payment(books, account, payment) : id_equal(payment->booking, alone->id);
        sum += is_in && is_only_authorized(payment) ? payment->authorized : 0;
    }
    return sum;
}

/* More than this would only have to go back. */
static int64_t
most_to_pay(struct house_money *books, struct payer account)
{
    struct sums sums = sums_of(books, account);
    struct due due = due_of(books, account);
    int64_t asked = due.minor + due.fees;
    for (size_t i = 0; i < books->line_count; i++) {
        const struct money_line *line = &books->lines[i];
        if (has_line(account, line) && line->status == BOOKING_EXPIRED)
            asked += line->price.known ? line->price.minor : NOBODY_KNOWS;
    }
    if (asked >= NOBODY_KNOWS)
        return NOBODY_KNOWS;
    return asked - most(0, sums.in - sums.gone - sums.back) - set_aside_for(books, account, NULL);
}

static enum outcome
predict_create(struct house_money *books, const struct create_payment *asked)
{
    bool any = false, all_off = true;
    const struct money_line *named = id_is_none(asked->booking) ? NULL : find_line(books, asked->booking);
    struct payer account = named == NULL ? (struct payer){ID_NONE, asked->group} : account_of(named);
    for (size_t i = 0; i < books->line_count; i++) {
        const struct money_line *line = &books->lines[i];
        if (!has_line(account, line))
            continue;
        any = true;
        all_off &= is_called_off(line) || (named != NULL && named != line);
    }
    if (!any)
        return OUTCOME_NOT_FOUND;
    int64_t fee = !all_off ? 0 : named != NULL ? fee_of(books, named) : fees_of_group(books, account);
    if (all_off && fee == 0)
        return OUTCOME_INVALID_TRANSITION;
    int64_t limit = all_off && named != NULL ? fee - set_aside_for(books, account, named) : most_to_pay(books, account);
    return asked->amount > limit ? OUTCOME_POLICY_REFUSED : OUTCOME_OK;
}

/* What goes back of a payment when nobody says how much: what is due; what a provider would not give, as far as the
 * house has more than it is to have; else all of it while anybody is to come or came, and all above the fees that are
 * not paid otherwise when it ended before. */
static int64_t
unsaid_refund(struct house_money *books, const struct payment *payment)
{
    int64_t due = payment->method == PAYMENT_METHOD_CARD ? 0 : refunds_of(books, payment->id, is_open);
    int64_t all = refundable(books, payment), worth = 0;
    bool goes_on = false, known = true;
    if (due > 0)
        return due;
    for (size_t i = 0; i < books->line_count; i++) {
        const struct money_line *line = &books->lines[i];
        bool is_its = id_equal(line->id, payment->booking);
        if (!is_its && (id_is_none(payment->group) || !id_equal(line->group, payment->group)))
            continue;
        goes_on |= !is_over(line);
        int64_t asked = charge_of(line);
        known &= asked < NOBODY_KNOWS;
        worth += is_its ? asked : most(0, asked - left_for(books, line->id, ID_NONE));
    }
    int64_t left = left_for(books, payment->booking, payment->group);
    int64_t spare = least(all, known ? most(0, left - worth) : left);
    int64_t refused = least(refunds_of(books, payment->id, is_refused), spare);
    return refused > 0 ? refused : goes_on ? all : spare;
}

static enum outcome
predict_step(struct house_money *books, const struct step_payment *asked)
{
    const struct payment *payment = find_payment(books, asked->payment);
    if (payment == NULL)
        return OUTCOME_NOT_FOUND;
    bool by_hand = payment->method != PAYMENT_METHOD_CARD;
    if (asked->step != PAYMENT_COMMAND_REFUND) {
        if (!is_only_authorized(payment))
            return OUTCOME_INVALID_TRANSITION;
        bool too_much = asked->step == PAYMENT_COMMAND_CAPTURE && asked->amount > payment->authorized;
        return !by_hand || too_much ? OUTCOME_POLICY_REFUSED : OUTCOME_OK;
    }
    if (payment->captured == 0 || payment->refunded == payment->captured)
        return OUTCOME_INVALID_TRANSITION;
    int64_t left = refundable(books, payment) + (by_hand ? refunds_of(books, payment->id, is_open) : 0);
    int64_t amount = asked->amount > 0 ? asked->amount : unsaid_refund(books, payment);
    return amount == 0 || amount > left ? OUTCOME_POLICY_REFUSED : OUTCOME_OK;
}

static enum outcome
predict_step_refund(struct house_money *books, const struct step_refund *asked)
{
    const struct refund *refund = find_refund(books, asked->refund);
    if (refund == NULL)
        return OUTCOME_NOT_FOUND;
    bool has_answer = asked->step != REFUND_STEP_SEND && asked->step != REFUND_STEP_DOUBT;
    return is_open(refund) && (!has_answer || refund->attempts > 0) ? OUTCOME_OK : OUTCOME_INVALID_TRANSITION;
}

/* Who leaves, in their order. */
static enum outcome
predict_leaving(struct house_money *books, const struct command *command, const struct booking_step *steps,
                size_t count, const struct house_model *model)
{
    if (count == 0)
        return OUTCOME_INVALID_TRANSITION;
    for (size_t i = 0; i < count; i++) {
        struct money_line *line = find_line(books, steps[i].booking);
        if (command->actor.role < ROLE_FRONT_DESK)
            return OUTCOME_FORBIDDEN;
        if (line == NULL)
            return OUTCOME_NOT_FOUND;
        if (line->status != BOOKING_CHECKED_IN)
            return OUTCOME_INVALID_TRANSITION;
        if (steps[i].overrides && command->actor.role < ROLE_MANAGER)
            return OUTCOME_FORBIDDEN;
        if (model->property.balance_rule == BALANCE_REQUIRED && !steps[i].overrides && balance_of(books, line) > 0)
            return OUTCOME_BALANCE_DUE;
        line->status = BOOKING_CHECKED_OUT; /* these books are of the one prediction */
    }
    return OUTCOME_OK;
}

/* False when nothing is predicted of such a command. */
static bool
predict_outcome(const struct house_money *before, const struct command *command, const struct house_model *model,
                enum outcome *ret_outcome)
{
    static struct house_money copy;
    struct house_money *books = &copy;
    copy = *before;
    switch (command->kind) {
    case COMMAND_CREATE_PAYMENT: *ret_outcome = predict_create(books, &command->create_payment); return true;
    case COMMAND_STEP_PAYMENT: *ret_outcome = predict_step(books, &command->step_payment); return true;
    case COMMAND_NOTE_PAYMENT: *ret_outcome = OUTCOME_OK; return true;
    case COMMAND_STEP_REFUND: *ret_outcome = predict_step_refund(books, &command->step_refund); return true;
    case COMMAND_CHECK_OUT:
        *ret_outcome = predict_leaving(books, command, &command->booking_step, 1, model);
        return true;
    case COMMAND_BATCH_BOOKINGS:
        *ret_outcome =
            predict_leaving(books, command, command->booking_batch.items, command->booking_batch.count, model);
        return command->booking_batch.step == COMMAND_CHECK_OUT;
    default: return false;
    }
}

/* One thing after the other: what was taken, and what of it was given back. */
static bool
move_payment(struct house_money *books, struct payment *payment, struct payment_fact fact, struct house_model *after)
{
    struct payment_fact taken = fact;
    taken.refunded = 0;
    struct standing before = standing_of(books, payment);
    if (say(payment, taken) && !settle_account(books, &before, payment, after))
        return false;
    before = standing_of(books, payment);
    return !say(payment, fact) || settle_account(books, &before, payment, after);
}

static struct payment *
put_payment(struct house_money *books, struct payment payment, const struct decision *decision)
{
    for (size_t i = decision->lapsed_events; i < decision->event_count; i++)
        if (decision->events[i].state == EVENT_OF_PAYMENT)
            payment.id = decision->events[i].subject;
    books->payments[books->payment_count] = payment; /* the house had room for it */
    return &books->payments[books->payment_count++];
}

/* What has gone back is told by its payment, and changes nothing else. */
static void
settle(struct house_money *books, struct refund *refund)
{
    struct payment *payment = find_payment(books, refund->payment);
    refund->status = REFUND_SETTLED;
    payment->refunded = most(payment->refunded, refunds_of(books, payment->id, is_settled));
}

static bool
is_sent_back(const struct refund *refund)
{
    return refund->status == REFUND_FAILED && refund->provider_reference.len > 0;
}

/* It did not go, or came back: what the payment has given back is without it, if it ever was with it. */
static void
fail_refund(struct house_money *books, struct refund *refund)
{
    struct payment *payment = find_payment(books, refund->payment);
    refund->status = REFUND_FAILED;
    int64_t others = refunds_of(books, payment->id, is_settled);
    if (refund->provider_reference.len > 0)
        payment->refunded = most(others, payment->refunded - refund->amount);
}

/* A provider's word on one of our refunds. */
static void
hear_of_refund(struct house_money *books, const struct note_payment *said, const struct house_model *after)
{
    struct refund *refund = find_refund(books, said->refund);
    const struct payment *payment = refund == NULL ? NULL : find_payment(books, refund->payment);
    bool is_named = said->reference.len + said->charge.len > 0;
    bool is_other =
        payment == NULL || said->amount != refund->amount || !str_equal(said->currency, after->property.currency) ||
        (is_named && !str_equal(said->reference, payment->reference) && !str_equal(said->charge, payment->reference));
    bool is_refused = !is_other && refund->status == REFUND_FAILED && refund->provider_reference.len == 0;
    int64_t others =
        is_other ? 0 : refunds_of(books, payment->id, is_settled) + refunds_of(books, payment->id, is_open);
    if (is_other || (is_refused && !said->refund_failed && others + refund->amount > payment->captured)) {
        books->set_aside_count++;
        return;
    }
    bool knows_failure = refund->failed_at != 0 && refund->provider_reference.len > 0;
    if (refund->status == REFUND_WITHDRAWN || (said->refund_failed && knows_failure))
        return;
    if (said->refund_failed) {
        refund->provider_reference = said->refund_reference;
        fail_refund(books, refund);
    } else if (is_open(refund) || is_refused) {
        settle(books, refund);
    }
}

/* By hand it is handed over, what was due first; else it will be asked for. */
static void
refund(struct house_money *books, struct payment *payment, int64_t amount)
{
    bool by_hand = payment->method != PAYMENT_METHOD_CARD;
    if (amount == 0)
        amount = unsaid_refund(books, payment);
    if (!by_hand) {
        put_refund(books, payment, payment->booking, amount, false);
        return;
    }
    payment->refunded += amount;
    for (size_t i = 0; i < books->refund_count; i++) {
        struct refund *row = &books->refunds[i];
        int64_t part = id_equal(row->payment, payment->id) && is_open(row) ? least(amount, row->amount) : 0;
        row->amount -= part;
        amount -= part;
    }
}

static bool
apply_step(struct house_money *books, const struct step_payment *asked, struct house_model *after)
{
    struct payment *payment = find_payment(books, asked->payment);
    struct payment_fact fact = {.failed = asked->step == PAYMENT_COMMAND_FAIL,
                                .voided = asked->step == PAYMENT_COMMAND_VOID};
    if (asked->step == PAYMENT_COMMAND_REFUND) {
        refund(books, payment, asked->amount);
        return true;
    }
    if (asked->step == PAYMENT_COMMAND_CAPTURE)
        fact.captured = asked->amount == 0 ? payment->authorized : asked->amount;
    return move_payment(books, payment, fact, after);
}

static void
apply_step_refund(struct house_money *books, const struct step_refund *asked)
{
    struct refund *refund = find_refund(books, asked->refund);
    refund->attempts += asked->step == REFUND_STEP_SEND;
    refund->status = REFUND_SENT;
    if (asked->reference.len > 0)
        refund->provider_reference = asked->reference;
    if (asked->step == REFUND_STEP_FAIL)
        fail_refund(books, refund);
    if (asked->step == REFUND_STEP_SETTLE)
        settle(books, refund);
}

/* The provider says something: it is applied, or set aside because of what it names, or nothing new. */
static bool
apply_note(struct house_money *books, const struct note_payment *said, const struct decision *decision,
           struct house_model *after)
{
    struct payment *payment = NULL;
    bool any = false, known = true;
    int64_t price = 0;
    if (books->seen)
        return true;
    if (!id_is_none(said->refund)) {
        if (said->other_account)
            books->set_aside_count++;
        else
            hear_of_refund(books, said, after);
        return true;
    }
    for (size_t i = 0; i < books->payment_count; i++)
        if (books->payments[i].method == PAYMENT_METHOD_CARD &&
            str_equal(books->payments[i].reference, said->reference))
            payment = &books->payments[i];
    struct id booking = payment != NULL ? payment->booking : said->booking;
    struct id group = payment != NULL ? payment->group : id_is_none(said->booking) ? said->group : ID_NONE;
    for (size_t i = 0; i < books->line_count; i++) {
        const struct money_line *line = &books->lines[i];
        if (!id_equal(line->id, booking) && (id_is_none(group) || !id_equal(line->group, group)))
            continue;
        any = true;
        known &= line->price.known;
        price += line->price.minor;
    }
    bool as_before = payment != NULL && payment->authorized == said->amount;
    bool wrong = said->amount != 0 && known && said->amount != price && !as_before;
    if (said->other_account || !any || !str_equal(said->currency, after->property.currency) || wrong) {
        books->set_aside_count++;
        return true;
    }
    struct payment fresh = {
        .booking = booking, .group = group, .method = PAYMENT_METHOD_CARD, .reference = said->reference};
    struct payment probe = fresh;
    if (payment == NULL && !say(&probe, said->fact))
        return true;
    if (payment == NULL)
        payment = put_payment(books, fresh, decision);
    struct payment_fact fact = said->fact;
    fact.captured = most(fact.captured, fact.refunded);
    fact.refunded = most(0, fact.refunded - refunds_of(books, payment->id, is_sent_back));
    return move_payment(books, payment, fact, after);
}

static bool
apply_money(struct house_money *books, const struct command *command, const struct decision *decision,
            struct house_model *after)
{
    const struct create_payment *made = &command->create_payment;
    struct payment fresh;
    switch (command->kind) {
    case COMMAND_CREATE_PAYMENT:
        fresh = (struct payment){.booking = made->booking, .group = made->group, .method = made->method};
        return move_payment(
            books, put_payment(books, fresh, decision),
            (struct payment_fact){.authorized = made->amount, .captured = made->captured ? made->amount : 0}, after);
    case COMMAND_STEP_PAYMENT: return apply_step(books, &command->step_payment, after);
    case COMMAND_NOTE_PAYMENT: return apply_note(books, &command->note_payment, decision, after);
    default: apply_step_refund(books, &command->step_refund); return true;
    }
}

/* --- comparing --- */

/* How far a booking is paid, by its payments and its group's. Taken money counts before all else. */
static enum payment_status
status_of(const struct house_money *books, const struct money_line *line)
{
    int64_t in = 0, gone = 0;
    bool authorized = false, failed = false, voided = false;
    for (size_t i = 0; i < books->payment_count; i++) {
        const struct payment *payment = &books->payments[i];
        bool of_group = id_is_none(payment->booking) && id_equal(payment->group, line->group);
        if (!id_equal(payment->booking, line->id) && !of_group)
            continue;
        in += payment->captured;
        gone += payment->refunded;
        authorized |= is_only_authorized(payment);
        voided |= payment->captured == 0 && payment->voided_at != 0;
        failed |= payment->captured == 0 && payment->voided_at == 0 && payment->failed_at != 0 &&
                  !is_only_authorized(payment);
    }
    if (in > 0)
        return gone == 0   ? PAYMENT_STATUS_CAPTURED
               : gone < in ? PAYMENT_STATUS_PARTIALLY_REFUNDED
                           : PAYMENT_STATUS_REFUNDED;
    if (authorized || failed || voided)
        return authorized ? PAYMENT_STATUS_AUTHORIZED : failed ? PAYMENT_STATUS_FAILED : PAYMENT_STATUS_VOIDED;
    return line->required ? PAYMENT_STATUS_REQUIRED : PAYMENT_STATUS_NONE;
}

static bool
fail_amounts(struct house_model *after, const char *what, int64_t house, int64_t predicted)
{
    char text[160];
    snprintf(text, sizeof(text), "%s: %lld in the house, %lld by the rules", what, (long long)house,
             (long long)predicted);
    return model_fail(after, "P4", text);
}

static bool
compare_payments(struct house_money *books, struct house_model *after)
{
    if (books->payment_count != after->payment_count || books->set_aside_count != after->set_aside_count)
        return model_fail(after, "P7", "another number of payments, or of what is set aside");
    for (size_t i = 0; i < after->payment_count; i++) {
        const struct payment *ours = find_payment(books, after->payments[i].id), *theirs = &after->payments[i];
        if (ours == NULL || ours->authorized != theirs->authorized || ours->captured != theirs->captured)
            return model_fail(after, "P3", "a payment has taken another amount than was said");
        if (ours->refunded != theirs->refunded)
            return fail_amounts(after, "given back of a payment", theirs->refunded, ours->refunded);
    }
    return true;
}

static bool
is_claimed(const struct refund *refund)
{
    return is_open(refund) || refund->status == REFUND_FAILED;
}

/* Is there more than prices and fees account for? What is known of nobody's price, and what staff said of a refund
 * (which leaves what they like), bound nothing; nor does a refund of a provider's payment that is settled or was sent
 * back: whether what it told of before was this one, or another, its next word says. */
static bool
is_limbo(struct house_money *house, struct payer account)
{
    int64_t kept = 0, worth = 0;
    for (size_t i = 0; i < house->payment_count; i++) {
        const struct payment *payment = &house->payments[i];
        int64_t known = refunds_of(house, payment->id, is_settled) + refunds_of(house, payment->id, is_sent_back);
        if (!has_payment(house, account, payment))
            continue;
        if (payment->method == PAYMENT_METHOD_CARD && known > 0)
            return false;
        kept += payment->captured - payment->refunded - refunds_of(house, payment->id, is_claimed);
    }
    for (size_t i = 0; i < house->line_count; i++) {
        const struct money_line *line = &house->lines[i];
        if (!has_line(account, line))
            continue;
        int64_t left = left_for(house, line->id, ID_NONE) + left_for(house, ID_NONE, line->group);
        int64_t most_kept = line->price.known ? most(line->price.minor, left) : NOBODY_KNOWS; /* if staff said so */
        worth += line->status == BOOKING_CANCELLED ? most(line->fee, most_kept) : price_to_have(line);
    }
    return kept > worth;
}

/* What whoever looks is told of it. */
static bool
compare_balance(struct house_money *house, const struct money_line *line, const struct booking *booking,
                struct house_model *after)
{
    struct ledger ledger = {.bookings = after->bookings,
                            .booking_count = after->booking_count,
                            .payments = after->payments,
                            .payment_count = after->payment_count,
                            .refunds = after->refunds,
                            .refund_count = after->refund_count};
    struct money_line asked = *line;
    if (line->status == BOOKING_NO_SHOW)
        asked.price = (struct price){.known = true, .minor = line->fee};
    int64_t ours = line->status == BOOKING_CANCELLED                                     ? fee_of(house, line)
                   : line->status == BOOKING_DECLINED || line->status == BOOKING_EXPIRED ? 0
                                                                                         : balance_of(house, &asked);
    int64_t theirs = ledger_balance_due(ledger, booking);
    return theirs == ours || fail_amounts(after, "still to be paid", theirs, ours);
}

static bool
compare_line(struct house_money *books, struct house_money *house, const struct money_line *line,
             struct house_model *after)
{
    const struct booking *now = house_model_booking(after, line->id);
    if (now == NULL || now->status != line->status)
        return model_fail(after, "P6", "a booking is not where the money takes it");
    if (now->payment_status != status_of(books, line))
        return model_fail(after, "P4", "a booking shows another payment status than its payments come to");
    struct payer account = account_of(line);
    if (is_limbo(house, account))
        return model_fail(after, "P4", "what was paid is neither kept for anything nor to go back");
    if (!compare_balance(house, line, now, after))
        return false;
    int64_t theirs = sums_of(house, account).back, ours = sums_of(books, account).back;
    return theirs == ours || fail_amounts(after, "due to go back", theirs, ours);
}

void
house_money_take(const struct house_model *model, const struct command *command, struct house_money *ret_books)
{
    *ret_books = (struct house_money){.line_count = model->booking_count,
                                      .payment_count = model->payment_count,
                                      .refund_count = model->refund_count,
                                      .set_aside_count = model->set_aside_count};
    for (size_t i = 0; i < model->booking_count; i++) {
        const struct booking *b = &model->bookings[i];
        ret_books->lines[i] = (struct money_line){.id = b->id,
                                                  .group = b->group,
                                                  .status = b->status,
                                                  .price = b->price,
                                                  .fee = b->fee_minor,
                                                  .required = b->payment == PAYMENT_REQUIRED,
                                                  .by_minute = b->by_minute,
                                                  .starts = b->span.starts,
                                                  .room_type = b->room_type};
    }
    for (size_t i = 0; i < model->payment_count; i++)
        ret_books->payments[i] = model->payments[i];
    for (size_t i = 0; i < model->refund_count; i++)
        ret_books->refunds[i] = model->refunds[i];
    for (size_t i = 0; command->kind == COMMAND_NOTE_PAYMENT && i < model->seen_count; i++)
        ret_books->seen |= str_equal(model->seen[i].event, command->note_payment.event);
}

bool
house_money_audit(struct house_money *books, const struct command *command, const struct decision *decision,
                  struct house_model *after)
{
    static struct house_money house;
    size_t lapsed = decision->lapsed_events;
    enum outcome expected, outcome = decision->refusal.outcome;
    bool is_money = command->kind == COMMAND_CREATE_PAYMENT || command->kind == COMMAND_STEP_PAYMENT ||
                    command->kind == COMMAND_NOTE_PAYMENT || command->kind == COMMAND_STEP_REFUND;
    if (!follow_bookings(books, command, decision, 0, lapsed, after))
        return false;
    if (predict_outcome(books, command, after, &expected) && outcome != expected) {
        char what[160];
        snprintf(what, sizeof(what), "%s ends with %s, and should with %s", command_kind_name(command->kind).ptr,
                 outcome_info(outcome)->code.ptr, outcome_info(expected)->code.ptr);
        return model_fail(after, "money", what);
    }
    if (is_money && outcome == OUTCOME_OK && !apply_money(books, command, decision, after))
        return false;
    if (!is_money && !follow_bookings(books, command, decision, lapsed, decision->event_count, after))
        return false;
    house_money_take(after, command, &house);
    if (!compare_payments(books, after))
        return false;
    for (size_t i = 0; i < books->line_count; i++)
        if (!compare_line(books, &house, &books->lines[i], after))
            return false;
    return true;
}
