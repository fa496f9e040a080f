/* The rules of naming once more, one after another and without the core's functions for them. */
#include "tests/support/house_naming.h"

#include "core/date.h"
#include "tests/support/house_model_part.h"

static bool
is_named(const struct house_naming *naming, struct id booking, struct id guest)
{
    for (size_t i = 0; i < naming->companion_count; i++)
        if (id_equal(naming->companions[i].booking, booking) && id_equal(naming->companions[i].guest, guest))
            return true;
    return false;
}

static int32_t
count_named(const struct house_naming *naming, struct id booking)
{
    int32_t count = 1; /* who booked */
    for (size_t i = 0; i < naming->companion_count; i++)
        count += id_equal(naming->companions[i].booking, booking);
    return count;
}

static bool
is_live(const struct house_model *model, const struct booking *b)
{
    bool waits = b->status == BOOKING_PENDING_PAYMENT || b->status == BOOKING_PENDING_APPROVAL;
    return waits ? b->expires_at > model->now_ms : b->status == BOOKING_CONFIRMED || b->status == BOOKING_CHECKED_IN;
}

static bool
is_past(const struct house_model *model, const struct booking *b)
{
    int64_t now = b->by_minute ? model->now_ms : model->today * DATE_DAY_MS;
    return b->status != BOOKING_CHECKED_IN && b->span.ends <= now;
}

static enum outcome
predict_add(const struct house_model *model, const struct house_naming *naming, const struct name_guest *name,
            const struct booking *b)
{
    bool is_new = id_is_none(name->guest);
    struct guest guest;
    if (!model_find_guest(model, name->guest, &guest) && !is_new)
        return OUTCOME_NOT_FOUND;
    if (!is_live(model, b))
        return OUTCOME_INVALID_TRANSITION;
    if (!is_new && (id_equal(b->guest, name->guest) || is_named(naming, b->id, name->guest)))
        return OUTCOME_ALREADY_EXISTS;
    if (guest.erased_at != 0)
        return OUTCOME_POLICY_REFUSED;
    if (count_named(naming, b->id) == b->party)
        return OUTCOME_TOO_MANY_GUESTS;
    return is_past(model, b) ? OUTCOME_POLICY_REFUSED : OUTCOME_OK;
}

static enum outcome
predict_remove(const struct house_model *model, const struct house_naming *naming, const struct name_guest *name,
               const struct booking *b)
{
    bool leads = id_equal(b->guest, name->guest);
    if (!leads && !is_named(naming, b->id, name->guest))
        return OUTCOME_NOT_FOUND;
    if (!is_live(model, b))
        return OUTCOME_INVALID_TRANSITION;
    return leads || is_past(model, b) ? OUTCOME_POLICY_REFUSED : OUTCOME_OK;
}

static bool
is_about_naming(const struct command *command)
{
    return command->kind == COMMAND_ADD_GUEST || command->kind == COMMAND_REMOVE_GUEST;
}

void
house_naming_take(const struct house_model *model, const struct command *command, struct house_naming *ret_naming)
{
    struct house_naming *naming = ret_naming;
    const struct name_guest *name = &command->name_guest;
    *naming = (struct house_naming){.outcome = OUTCOME_OK, .companion_count = model->companion_count};
    for (size_t i = 0; i < model->companion_count; i++)
        naming->companions[i] = model->companions[i];
    if (!is_about_naming(command))
        return;
    const struct booking *b = house_model_booking(model, name->booking);
    if (!role_is_staff(command->actor.role))
        naming->outcome = OUTCOME_FORBIDDEN;
    else if (b == NULL)
        naming->outcome = OUTCOME_NOT_FOUND;
    else
        naming->outcome = command->kind == COMMAND_ADD_GUEST ? predict_add(model, naming, name, b)
                                                             : predict_remove(model, naming, name, b);
    if (naming->outcome != OUTCOME_OK)
        return;
    if (command->kind == COMMAND_ADD_GUEST)
        naming->companions[naming->companion_count++] = (struct companion){name->booking, name->guest};
    for (size_t i = 0; command->kind == COMMAND_REMOVE_GUEST && i < naming->companion_count; i++)
        if (id_equal(naming->companions[i].booking, name->booking) &&
            id_equal(naming->companions[i].guest, name->guest))
            naming->companions[i--] = naming->companions[--naming->companion_count];
}

/* Is it one of the predicted: as it is, or in the place of one who is new? */
static bool
is_predicted(const struct house_naming *naming, const struct house_model *model, struct companion companion)
{
    return is_named(naming, companion.booking, companion.guest) ||
           (is_named(naming, companion.booking, ID_NONE) && house_model_booking(model, companion.booking) != NULL);
}

bool
house_naming_audit(const struct house_naming *naming, const struct command *command, const struct decision *decision,
                   struct house_model *model)
{
    if (is_about_naming(command) && decision->refusal.outcome != naming->outcome)
        return model_fail(model, "R6", "a guest is named, or not, against the rules");
    if (model->companion_count != naming->companion_count)
        return model_fail(model, "R6", "more or fewer guests are named than should be");
    for (size_t i = 0; i < model->companion_count; i++)
        if (!is_predicted(naming, model, model->companions[i]))
            return model_fail(model, "R6", "someone is named who was not asked for");
    return true;
}
