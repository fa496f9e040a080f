/* payment.def as tables, and what amounts come to. */
#include "core/payment.h"

#include <assert.h>

static const struct str status_names[PAYMENT_STATUS_COUNT] = {
#define PAYMENT_STATUS(name, wire, meaning) [PAYMENT_STATUS_##name] = {wire, sizeof(wire) - 1},
#include "core/payment.def"
#undef PAYMENT_STATUS
};

static const struct str command_names[PAYMENT_COMMAND_COUNT] = {
#define PAYMENT_COMMAND(name, wire) [PAYMENT_COMMAND_##name] = {wire, sizeof(wire) - 1},
#include "core/payment.def"
#undef PAYMENT_COMMAND
};

static const struct {
    struct str name;
    bool by_hand;
} methods[PAYMENT_METHOD_COUNT] = {
#define PAYMENT_METHOD(name, wire, by_hand, meaning) [PAYMENT_METHOD_##name] = {{wire, sizeof(wire) - 1}, by_hand},
#include "core/payment.def"
#undef PAYMENT_METHOD
};

static const struct str refund_names[REFUND_STATUS_COUNT] = {
#define REFUND_STATUS(name, wire, meaning) [REFUND_##name] = {wire, sizeof(wire) - 1},
#include "core/payment.def"
#undef REFUND_STATUS
};

static const struct str cause_names[SET_ASIDE_CAUSE_COUNT] = {
    [SET_ASIDE_AMOUNT] = {"amount", 6},
    [SET_ASIDE_CURRENCY] = {"currency", 8},
    [SET_ASIDE_ACCOUNT] = {"account", 7},
    [SET_ASIDE_BOOKING] = {"booking", 7},
};

static const struct transition {
    enum payment_status from;
    enum payment_command command;
    enum payment_status to;
    struct str event;
} transitions[] = {
#define PAYMENT_TRANSITION(from, command, to, event)                                                                   \
    {PAYMENT_STATUS_##from, PAYMENT_COMMAND_##command, PAYMENT_STATUS_##to, {event, sizeof(event) - 1}},
#include "core/payment.def"
#undef PAYMENT_TRANSITION
};

enum { TRANSITION_COUNT = sizeof(transitions) / sizeof(transitions[0]) };

/* --- names --- */

/* The place of the name among them; -1 when it is none. */
static int
find_name(const struct str *names, int count, struct str name)
{
    for (int i = 0; i < count; i++)
        if (str_equal(names[i], name))
            return i;
    return -1;
}

struct str
payment_status_name(enum payment_status status)
{
    assert((int)status >= 0 && status < PAYMENT_STATUS_COUNT);
    return status_names[status];
}

bool
payment_status_parse(struct str name, enum payment_status *ret_status)
{
    int found = find_name(status_names, PAYMENT_STATUS_COUNT, name);
    *ret_status = found < 0 ? *ret_status : (enum payment_status)found;
    return found >= 0;
}

struct str
payment_command_name(enum payment_command command)
{
    assert((int)command >= 0 && command < PAYMENT_COMMAND_COUNT);
    return command_names[command];
}

struct str
payment_method_name(enum payment_method method)
{
    assert((int)method >= 0 && method < PAYMENT_METHOD_COUNT);
    return methods[method].name;
}

bool
payment_method_parse(struct str name, enum payment_method *ret_method)
{
    for (int i = 0; i < PAYMENT_METHOD_COUNT; i++) {
        if (str_equal(methods[i].name, name)) {
            *ret_method = (enum payment_method)i;
            return true;
        }
    }
    return false;
}

bool
payment_method_is_by_hand(enum payment_method method)
{
    assert((int)method >= 0 && method < PAYMENT_METHOD_COUNT);
    return methods[method].by_hand;
}

struct str
refund_status_name(enum refund_status status)
{
    assert((int)status >= 0 && status < REFUND_STATUS_COUNT);
    return refund_names[status];
}

bool
refund_status_parse(struct str name, enum refund_status *ret_status)
{
    int found = find_name(refund_names, REFUND_STATUS_COUNT, name);
    *ret_status = found < 0 ? *ret_status : (enum refund_status)found;
    return found >= 0;
}

struct str
set_aside_cause_name(enum set_aside_cause cause)
{
    assert((int)cause >= 0 && cause < SET_ASIDE_CAUSE_COUNT);
    return cause_names[cause];
}

bool
set_aside_cause_parse(struct str name, enum set_aside_cause *ret_cause)
{
    int found = find_name(cause_names, SET_ASIDE_CAUSE_COUNT, name);
    *ret_cause = found < 0 ? *ret_cause : (enum set_aside_cause)found;
    return found >= 0;
}

/* --- the machine --- */

bool
payment_machine_allows(enum payment_status from, enum payment_command command)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++)
        if (transitions[i].from == from && transitions[i].command == command)
            return true;
    return false;
}

struct str
payment_machine_event(enum payment_status from, enum payment_command command, enum payment_status to)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++)
        if (transitions[i].from == from && transitions[i].command == command && transitions[i].to == to)
            return transitions[i].event;
    return (struct str){NULL, 0};
}

/* --- amounts --- */

/* Of money that was taken. */
static enum payment_status
status_of_taken(int64_t captured, int64_t refunded)
{
    if (refunded == 0)
        return PAYMENT_STATUS_CAPTURED;
    return refunded < captured ? PAYMENT_STATUS_PARTIALLY_REFUNDED : PAYMENT_STATUS_REFUNDED;
}

enum payment_status
payment_status_of(const struct payment *payment)
{
    if (payment->captured > 0)
        return status_of_taken(payment->captured, payment->refunded);
    if (payment->voided_at != 0)
        return PAYMENT_STATUS_VOIDED;
    if (payment->authorized > 0)
        return payment->failed_at != 0 && payment_method_is_by_hand(payment->method) ? PAYMENT_STATUS_FAILED
                                                                                     : PAYMENT_STATUS_AUTHORIZED;
    return payment->failed_at != 0 ? PAYMENT_STATUS_FAILED : PAYMENT_STATUS_NONE;
}

enum payment_status
payment_status_together(bool required, const struct payment *const *payments, size_t count)
{
    static const enum payment_status order[] = {PAYMENT_STATUS_AUTHORIZED, PAYMENT_STATUS_FAILED,
                                                PAYMENT_STATUS_VOIDED};
    int64_t captured = 0, refunded = 0;
    bool any[PAYMENT_STATUS_COUNT] = {false};
    for (size_t i = 0; i < count; i++) {
        captured += payments[i]->captured;
        refunded += payments[i]->refunded;
        any[payment_status_of(payments[i])] = true;
    }
    if (captured > 0)
        return status_of_taken(captured, refunded);
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        if (any[order[i]])
            return order[i];
    return payment_status_unpaid(required);
}

static bool
lift(int64_t *amount, int64_t to)
{
    if (to <= *amount)
        return false;
    *amount = to;
    return true;
}

static bool
note_time(int64_t *at, bool happened, int64_t now_ms)
{
    if (!happened || *at != 0)
        return false;
    *at = now_ms;
    return true;
}

bool
payment_merge(struct payment *payment, const struct payment_fact *fact, int64_t now_ms)
{
    bool changed = lift(&payment->refunded, fact->refunded);
    changed |= lift(&payment->captured, fact->captured);
    changed |= lift(&payment->captured, payment->refunded);
    changed |= lift(&payment->authorized, fact->authorized);
    changed |= lift(&payment->authorized, payment->captured);
    changed |= note_time(&payment->authorized_at, payment->authorized > 0, now_ms);
    changed |= note_time(&payment->captured_at, payment->captured > 0, now_ms);
    changed |= note_time(&payment->failed_at, fact->failed, now_ms);
    changed |= note_time(&payment->voided_at, fact->voided, now_ms);
    return changed;
}
