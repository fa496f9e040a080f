/* Names, and the claim that a closure is. */
#include "core/closure.h"

#include <assert.h>

struct str
closure_kind_name(enum closure_kind kind)
{
    switch (kind) {
    case CLOSURE_OUT_OF_ORDER: return STR("out_of_order");
    case CLOSURE_OUT_OF_SERVICE: return STR("out_of_service");
    }
    assert(!"a kind of closure that is none");
    return STR("");
}

struct str
closure_status_name(enum closure_status status)
{
    switch (status) {
    case CLOSURE_OPEN: return STR("OPEN");
    case CLOSURE_REOPENED: return STR("REOPENED");
    }
    assert(!"a status of a closure that is none");
    return STR("");
}

bool
closure_kind_parse(struct str name, enum closure_kind *ret_kind)
{
    bool in_stock = str_equal(name, closure_kind_name(CLOSURE_OUT_OF_SERVICE));
    *ret_kind = in_stock ? CLOSURE_OUT_OF_SERVICE : CLOSURE_OUT_OF_ORDER;
    return in_stock || str_equal(name, closure_kind_name(CLOSURE_OUT_OF_ORDER));
}

bool
closure_status_parse(struct str name, enum closure_status *ret_status)
{
    bool reopened = str_equal(name, closure_status_name(CLOSURE_REOPENED));
    *ret_status = reopened ? CLOSURE_REOPENED : CLOSURE_OPEN;
    return reopened || str_equal(name, closure_status_name(CLOSURE_OPEN));
}

bool
closure_claims(const struct closure *closure)
{
    return closure->kind == CLOSURE_OUT_OF_ORDER && closure->status == CLOSURE_OPEN;
}

struct claim
closure_claim(const struct closure *closure)
{
    return (struct claim){.room = closure->room,
                          .span = closure->span,
                          .owner_kind = CLAIM_OF_CLOSURE,
                          .owner = closure->id,
                          .pinned = true};
}
