/* Sums of accounts: the rules are in the header, the cases of groups beside each sum. */
#include "core/ledger.h"

#include "core/amount.h"

/* --- accounts --- */

struct account
account_of_booking(const struct booking *booking)
{
    bool alone = id_is_none(booking->group);
    return (struct account){.booking = alone ? booking->id : ID_NONE, .group = booking->group};
}

bool
account_has_booking(struct account account, const struct booking *booking)
{
    return id_is_none(account.group) ? id_equal(booking->id, account.booking) : id_equal(booking->group, account.group);
}

const struct booking *
ledger_booking(struct ledger ledger, struct id id)
{
    for (size_t i = 0; i < ledger.booking_count; i++)
        if (id_equal(ledger.bookings[i].id, id))
            return ledger.bookings + i;
    return NULL;
}

struct account
ledger_account_of_payment(struct ledger ledger, const struct payment *payment)
{
    const struct booking *booking = id_is_none(payment->booking) ? NULL : ledger_booking(ledger, payment->booking);
    return booking != NULL ? account_of_booking(booking)
                           : (struct account){.booking = payment->booking, .group = payment->group};
}

bool
ledger_account_has_payment(struct ledger ledger, struct account account, const struct payment *payment)
{
    struct account other = ledger_account_of_payment(ledger, payment);
    return id_equal(other.booking, account.booking) && id_equal(other.group, account.group);
}

bool
booking_is_called_off(const struct booking *booking)
{
    return booking->status == BOOKING_CANCELLED || booking->status == BOOKING_DECLINED;
}

bool
booking_is_charged(const struct booking *booking)
{
    return !booking_is_called_off(booking) && booking->status != BOOKING_EXPIRED;
}

struct price
booking_charge(const struct booking *booking)
{
    if (booking->status == BOOKING_NO_SHOW || booking->status == BOOKING_CANCELLED)
        return (struct price){.known = true, .minor = booking->fee_minor};
    return booking_is_charged(booking) ? booking->price : (struct price){.known = true};
}

bool
booking_has_payments(const struct booking *booking)
{
    return booking->payment_status != PAYMENT_STATUS_NONE && booking->payment_status != PAYMENT_STATUS_REQUIRED;
}

/* --- sums --- */

int64_t
ledger_open_refunds(struct ledger ledger, struct id payment)
{
    int64_t sum = 0;
    for (size_t i = 0; i < ledger.refund_count; i++)
        if (id_equal(ledger.refunds[i].payment, payment) && refund_is_open(&ledger.refunds[i]))
            sum += ledger.refunds[i].amount;
    return sum;
}

int64_t
ledger_refundable(struct ledger ledger, const struct payment *payment)
{
    return amount_not_negative(payment->captured - payment->refunded - ledger_open_refunds(ledger, payment->id));
}

int64_t
ledger_settled_refunds(struct ledger ledger, struct id payment)
{
    int64_t sum = 0;
    for (size_t i = 0; i < ledger.refund_count; i++)
        if (id_equal(ledger.refunds[i].payment, payment) && ledger.refunds[i].status == REFUND_SETTLED)
            sum += ledger.refunds[i].amount;
    return sum;
}

/* Those that somebody was asked for and that are still open. */
static int64_t
asked_refunds(struct ledger ledger, struct id payment)
{
    int64_t sum = 0;
    for (size_t i = 0; i < ledger.refund_count; i++) {
        const struct refund *refund = &ledger.refunds[i];
        if (id_equal(refund->payment, payment) && refund_is_open(refund) && refund->attempts > 0)
            sum += refund->amount;
    }
    return sum;
}

/* Of what went back more than is settled, what was asked for is the answer: it is not owed once more. */
static void
add_payment(struct ledger ledger, const struct payment *payment, struct money *sum)
{
    int64_t settled = ledger_settled_refunds(ledger, payment->id);
    int64_t more = amount_not_negative(payment->refunded - settled);
    sum->captured += payment->captured;
    sum->refunded += settled + more;
    sum->open += ledger_open_refunds(ledger, payment->id) - amount_at_most(asked_refunds(ledger, payment->id), more);
}

struct money
ledger_money_of(struct ledger ledger, struct account account)
{
    struct money sum = {0, 0, 0};
    for (size_t i = 0; i < ledger.payment_count; i++)
        if (ledger_account_has_payment(ledger, account, &ledger.payments[i]))
            add_payment(ledger, &ledger.payments[i], &sum);
    return sum;
}

struct money
ledger_money_for(struct ledger ledger, struct id booking, struct id group)
{
    struct money sum = {0, 0, 0};
    for (size_t i = 0; i < ledger.payment_count; i++)
        if (id_equal(ledger.payments[i].booking, booking) && id_equal(ledger.payments[i].group, group))
            add_payment(ledger, &ledger.payments[i], &sum);
    return sum;
}

int64_t
money_left(struct money money)
{
    return amount_not_negative(money.captured - money.refunded - money.open);
}

int64_t
ledger_left_of_payment(struct ledger ledger, const struct payment *payment)
{
    struct money sum = {0, 0, 0};
    add_payment(ledger, payment, &sum);
    return money_left(sum);
}

int64_t
ledger_left_of_own(struct ledger ledger, const struct booking *booking)
{
    return money_left(ledger_money_for(ledger, booking->id, ID_NONE));
}

static int64_t
plus_price(int64_t sum, struct price price)
{
    return price.known && sum < LEDGER_EVERYTHING ? sum + price.minor : LEDGER_EVERYTHING;
}

int64_t
ledger_charged(struct ledger ledger, struct account account, bool *ret_any)
{
    int64_t sum = 0;
    *ret_any = false;
    for (size_t i = 0; i < ledger.booking_count; i++) {
        const struct booking *booking = &ledger.bookings[i];
        if (!account_has_booking(account, booking) || !booking_is_charged(booking))
            continue;
        *ret_any = true;
        sum = plus_price(sum, booking_charge(booking));
    }
    return sum;
}

int64_t
ledger_left_by_called_off(struct ledger ledger, struct account account)
{
    int64_t sum = 0;
    for (size_t i = 0; i < ledger.booking_count; i++)
        if (account_has_booking(account, &ledger.bookings[i]) && booking_is_called_off(&ledger.bookings[i]))
            sum += ledger_left_of_own(ledger, &ledger.bookings[i]);
    return sum;
}

int64_t
ledger_unpaid_fees(struct ledger ledger, struct account account)
{
    int64_t sum = 0;
    for (size_t i = 0; i < ledger.booking_count; i++) {
        const struct booking *booking = &ledger.bookings[i];
        if (booking->status == BOOKING_CANCELLED && account_has_booking(account, booking))
            sum += amount_not_negative(booking->fee_minor - ledger_left_of_own(ledger, booking));
    }
    return sum;
}

/* What the other bookings of the group still need of its payments: prices, and fees of what ended before. */
static int64_t
needed_by_others(struct ledger ledger, const struct booking *booking)
{
    int64_t sum = 0;
    for (size_t i = 0; i < ledger.booking_count; i++) {
        const struct booking *other = &ledger.bookings[i];
        if (id_equal(other->id, booking->id) || !id_equal(other->group, booking->group))
            continue;
        struct price charge = booking_charge(other);
        if (!charge.known)
            return LEDGER_EVERYTHING;
        sum += amount_not_negative(charge.minor - ledger_left_of_own(ledger, other));
    }
    return sum;
}

int64_t
ledger_paid(struct ledger ledger, const struct booking *booking)
{
    int64_t own = ledger_left_of_own(ledger, booking);
    if (id_is_none(booking->group))
        return own;
    int64_t of_group = money_left(ledger_money_for(ledger, ID_NONE, booking->group));
    int64_t share = amount_not_negative(of_group - needed_by_others(ledger, booking));
    if (booking->price.known)
        share = amount_at_most(share, amount_not_negative(booking->price.minor - own));
    return own + share;
}

/* What is owed by the whole group of one that is charged, and of a fee of one that was called off: the fees of others
 * that were called off are theirs. */
static int64_t
owed_together(struct ledger ledger, const struct booking *booking)
{
    bool any;
    struct account account = account_of_booking(booking);
    int64_t owed = ledger_charged(ledger, account, &any) + ledger_left_by_called_off(ledger, account);
    if (booking->status == BOOKING_CANCELLED)
        owed += ledger_unpaid_fees(ledger, account);
    return amount_not_negative(owed - money_left(ledger_money_of(ledger, account)));
}

int64_t
ledger_balance_due(struct ledger ledger, const struct booking *booking)
{
    struct price charge = booking_charge(booking);
    if (!charge.known)
        return 0;
    int64_t due = amount_not_negative(charge.minor - ledger_left_of_own(ledger, booking));
    return id_is_none(booking->group) ? due : amount_at_most(due, owed_together(ledger, booking));
}

int64_t
ledger_payable(struct ledger ledger, struct account account)
{
    bool any;
    int64_t sum = ledger_charged(ledger, account, &any) + ledger_left_by_called_off(ledger, account) +
                  ledger_unpaid_fees(ledger, account);
    for (size_t i = 0; i < ledger.booking_count; i++)
        if (ledger.bookings[i].status == BOOKING_EXPIRED && account_has_booking(account, &ledger.bookings[i]))
            sum = plus_price(sum, ledger.bookings[i].price);
    if (sum >= LEDGER_EVERYTHING)
        return LEDGER_EVERYTHING;
    for (size_t i = 0; i < ledger.payment_count; i++)
        if (payment_status_of(&ledger.payments[i]) == PAYMENT_STATUS_AUTHORIZED &&
            ledger_account_has_payment(ledger, account, &ledger.payments[i]))
            sum -= ledger.payments[i].authorized;
    return amount_not_negative(sum - money_left(ledger_money_of(ledger, account)));
}

/* --- what is owed back --- */

/* What is asked of the payments for this booking or group itself: of a group what its bookings do not pay by
 * themselves. */
static struct price
asked_of_payments(struct ledger ledger, struct id booking, struct id group)
{
    struct price sum = {.known = true};
    for (size_t i = 0; i < ledger.booking_count; i++) {
        const struct booking *b = &ledger.bookings[i];
        bool is_itself = id_equal(b->id, booking), is_of_group = !id_is_none(group) && id_equal(b->group, group);
        if (!is_itself && !is_of_group)
            continue;
        struct price charge = booking_charge(b);
        sum.known &= charge.known;
        sum.minor += is_itself ? charge.minor : amount_not_negative(charge.minor - ledger_left_of_own(ledger, b));
    }
    return sum;
}

int64_t
ledger_above_charge(struct ledger ledger, struct id booking, struct id group)
{
    int64_t left = money_left(ledger_money_for(ledger, booking, group));
    struct price asked = asked_of_payments(ledger, booking, group);
    return asked.known ? amount_not_negative(left - asked.minor) : left;
}

int64_t
ledger_refused_refunds(struct ledger ledger, struct id payment)
{
    int64_t sum = 0;
    for (size_t i = 0; i < ledger.refund_count; i++)
        if (id_equal(ledger.refunds[i].payment, payment) && ledger.refunds[i].status == REFUND_FAILED)
            sum += ledger.refunds[i].amount;
    return sum;
}

/* What of the refunds that a provider was asked for may be what it has told of. */
static int64_t
told_refunds(struct ledger ledger, const struct payment *payment)
{
    int64_t known = ledger_settled_refunds(ledger, payment->id) + asked_refunds(ledger, payment->id);
    return payment_method_is_by_hand(payment->method) ? 0 : amount_at_most(known, payment->refunded);
}

int64_t
ledger_refused_owed(struct ledger ledger, struct id booking, struct id group, bool in_question)
{
    int64_t sum = 0;
    for (size_t i = 0; i < ledger.payment_count; i++) {
        const struct payment *payment = &ledger.payments[i];
        if (id_equal(payment->booking, booking) && id_equal(payment->group, group))
            sum += ledger_refused_refunds(ledger, payment->id) + (in_question ? told_refunds(ledger, payment) : 0);
    }
    return amount_at_most(sum, ledger_above_charge(ledger, booking, group));
}

/* --- to be shown --- */

/* Adds the payments for this booking or group itself. */
static void
add_to_summary(struct ledger ledger, struct id booking, struct id group, struct ledger_summary *summary)
{
    struct money money = ledger_money_for(ledger, booking, group);
    summary->paid += money.captured;
    summary->refunded += money.refunded;
    summary->refund_due += money.open + ledger_refused_owed(ledger, booking, group, false);
}

struct ledger_summary
ledger_summary_of_booking(struct ledger ledger, const struct booking *booking)
{
    struct ledger_summary summary = {.charge = booking_charge(booking),
                                     .balance_due = ledger_balance_due(ledger, booking)};
    add_to_summary(ledger, booking->id, ID_NONE, &summary);
    return summary;
}

struct ledger_summary
ledger_summary_of_group(struct ledger ledger, struct id group)
{
    bool any;
    struct account account = {.booking = ID_NONE, .group = group};
    struct ledger_summary summary = {.charge.known = true};
    for (size_t i = 0; i < ledger.booking_count; i++) {
        const struct booking *booking = &ledger.bookings[i];
        struct price charge = booking_charge(booking);
        if (!account_has_booking(account, booking))
            continue;
        summary.charge.known &= charge.known;
        summary.charge.minor += charge.minor;
        add_to_summary(ledger, booking->id, ID_NONE, &summary);
    }
    add_to_summary(ledger, ID_NONE, group, &summary);
    int64_t owed = ledger_charged(ledger, account, &any) + ledger_left_by_called_off(ledger, account) +
                   ledger_unpaid_fees(ledger, account);
    if (summary.charge.known)
        summary.balance_due = amount_not_negative(owed - money_left(ledger_money_of(ledger, account)));
    return summary;
}
