/* The rules once more, one after another. */
#include "tests/support/house_seldom.h"

#include "tests/support/house_model_part.h"

/* --- guests and links --- */

static void
drop_links(struct house_seldom *s, const struct house_model *model, struct id booking, struct id guest)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->link_count; i++) {
        const struct booking *of = house_model_booking(model, s->links[i].booking);
        bool goes = id_equal(s->links[i].booking, booking) || (!id_is_none(guest) && id_equal(of->guest, guest));
        if (!goes)
            s->links[kept++] = s->links[i];
    }
    s->link_count = kept;
}

static enum outcome
predict_guest(struct house_seldom *s, const struct house_model *model, const struct command *command)
{
    const struct put_guest *put = &command->put_guest;
    if (!role_is_staff(command->actor.role))
        return OUTCOME_FORBIDDEN;
    if (!model_find_guest(model, put->guest, &s->guest))
        return OUTCOME_NOT_FOUND;
    bool was_erased = s->guest.erased_at != 0;
    if (command->kind == COMMAND_AMEND_GUEST) { /* of one who was erased nothing is changed */
        if (!was_erased)
            s->guest.details.name = put->details.name;
        return was_erased ? OUTCOME_POLICY_REFUSED : OUTCOME_OK;
    }
    if (!was_erased)
        s->guest = (struct guest){.id = put->guest, .erased_at = model->now_ms};
    drop_links(s, model, ID_NONE, was_erased ? ID_NONE : put->guest);
    return OUTCOME_OK;
}

/* The bearer of a link is let in two weeks longer than the stay. */
static bool
is_too_late(const struct house_model *model, const struct booking *b)
{
    return model->now_ms >= b->span.ends + 14 * DATE_DAY_MS;
}

static enum outcome
predict_link(struct house_seldom *s, const struct house_model *model, const struct command *command)
{
    bool creates = command->kind == COMMAND_CREATE_GUEST_LINK;
    struct id id = creates ? command->create_guest_link.booking : command->withdraw_guest_link.booking;
    const struct booking *b = house_model_booking(model, id);
    struct guest guest;
    size_t before = s->link_count;
    if (!role_is_staff(command->actor.role))
        return OUTCOME_FORBIDDEN;
    if (b == NULL)
        return OUTCOME_NOT_FOUND;
    if (creates && (!model_find_guest(model, b->guest, &guest) || guest.erased_at != 0 || is_too_late(model, b)))
        return OUTCOME_POLICY_REFUSED;
    drop_links(s, model, id, ID_NONE);
    if (creates)
        s->links[s->link_count++] = (struct guest_link){.id = command->create_guest_link.id, .booking = id};
    return creates || s->link_count < before ? OUTCOME_OK : OUTCOME_NOT_FOUND;
}

/* Only whoever has a link of this very booking is known at all; how it ends then is not said here. */
static bool
is_stranger(const struct house_model *model, const struct command *command)
{
    const struct booking *b = house_model_booking(model, command->booking_step.booking);
    for (size_t i = 0; i < model->link_count; i++)
        if (id_equal(model->links[i].id, command->actor.link) && b != NULL && id_equal(model->links[i].booking, b->id))
            return is_too_late(model, b);
    return b != NULL;
}

/* --- nights --- */

static bool
is_too_little(const struct house_seldom *s, const struct night *night, size_t type, size_t number)
{
    return night->sold + night->held >
           s->asked.units[type][number] - night->closed + s->asked.allowances[type][number] + night->overcommit;
}

static enum outcome
predict_nights(struct house_seldom *s, const struct house_model *model, const struct set_inventory *set)
{
    size_t type = 0;
    bool too_little = false;
    while (!id_equal(model->types[type].id, set->room_type))
        type++;
    bool wrong_units = set->units >= 0 && model->types[type].stock != STOCK_COUNT;
    if (model->types[type].sold_by != SOLD_BY_NIGHT || set->from >= set->until || wrong_units ||
        (set->units < 0 && set->allowance < 0))
        return OUTCOME_VALIDATION_FAILED;
    if (set->from < model->today || set->until > model->first_night + MODEL_NIGHTS)
        return OUTCOME_BEYOND_HORIZON;
    for (int32_t date = set->from; date < set->until; date++) {
        size_t number = (size_t)(date - model->first_night);
        if (set->units >= 0)
            s->asked.units[type][number] = set->units;
        if (set->allowance >= 0)
            s->asked.allowances[type][number] = set->allowance;
        too_little |= is_too_little(s, &model->nights[type][number], type, number);
    }
    return too_little ? OUTCOME_IN_USE : OUTCOME_OK;
}

static bool
has_lapsed(const struct house_model *model)
{
    for (size_t i = 0; i < model->booking_count; i++)
        if (booking_machine_allows(model->bookings[i].status, BOOKING_COMMAND_EXPIRE) &&
            model->bookings[i].expires_at <= model->now_ms)
            return true;
    for (size_t i = 0; i < model->hold_count; i++)
        if (model->holds[i].status == HOLD_ACTIVE && model->holds[i].expires_at <= model->now_ms)
            return true;
    return false;
}

void
house_seldom_take(const struct house_model *model, const struct command *command, struct house_seldom *ret_seldom)
{
    struct house_seldom *s = ret_seldom;
    *s = (struct house_seldom){.is_judged = true, .link_count = model->link_count};
    for (size_t i = 0; i < model->link_count; i++)
        s->links[i] = model->links[i];
    for (size_t i = 0; i < model->type_count; i++)
        for (size_t j = 0; j < MODEL_NIGHTS; j++) {
            s->present.units[i][j] = model->nights[i][j].units;
            s->present.allowances[i][j] = model->nights[i][j].allowance;
        }
    s->asked = s->present;
    s->has_lapsed = has_lapsed(model);
    switch (command->kind) {
    case COMMAND_AMEND_GUEST:
    case COMMAND_ERASE_GUEST: s->outcome = predict_guest(s, model, command); break;
    case COMMAND_CREATE_GUEST_LINK:
    case COMMAND_WITHDRAW_GUEST_LINK: s->outcome = predict_link(s, model, command); break;
    case COMMAND_SET_INVENTORY: s->outcome = predict_nights(s, model, &command->set_inventory); break;
    case COMMAND_CANCEL_BOOKING:
        s->is_judged = command->actor.role == ROLE_GUEST && is_stranger(model, command);
        s->outcome = OUTCOME_UNAUTHENTICATED;
        break;
    default: s->is_judged = false;
    }
}

/* --- after it --- */

/* Each guest whom an amendment names is somebody else: the link of the one before is no good to them. */
static bool
is_replaced(const struct command *command, enum outcome outcome, struct id booking)
{
    return command->kind == COMMAND_AMEND_BOOKING && command->amend_booking.changes_guest && outcome == OUTCOME_OK &&
           id_equal(command->amend_booking.booking, booking);
}

static bool
check_links(const struct house_seldom *s, const struct command *command, enum outcome outcome,
            struct house_model *model)
{
    size_t expected = 0;
    bool same = true;
    for (size_t i = 0; i < s->link_count && same; i++) {
        if (is_replaced(command, outcome, s->links[i].booking))
            continue;
        expected++;
        same = false;
        for (size_t j = 0; j < model->link_count; j++)
            same |= id_equal(s->links[i].id, model->links[j].id);
    }
    same = same && expected == model->link_count;
    return same || model_fail(model, "T2", "other links are good than should be");
}

static bool
check_nights(const struct nights_plan *plan, struct house_model *model)
{
    for (size_t i = 0; i < model->type_count; i++)
        for (size_t j = 0; j < MODEL_NIGHTS; j++)
            if (model->nights[i][j].units != plan->units[i][j] ||
                model->nights[i][j].allowance != plan->allowances[i][j])
                return model_fail(model, "I2", "a night has other units, or another allowance, than were set");
    return true;
}

static bool
check_guest(const struct house_seldom *s, const struct decision *decision, struct house_model *model)
{
    struct guest guest;
    for (size_t i = decision->lapsed_changes; i < decision->change_count; i++)
        if (decision->changes[i].kind != CHANGE_GUEST && decision->changes[i].kind != CHANGE_GUEST_LINK)
            return model_fail(model, "R6", "more than a guest changes, who is put right or erased");
    if (!model_find_guest(model, s->guest.id, &guest) || guest.erased_at != s->guest.erased_at ||
        !str_equal(guest.details.name, s->guest.details.name))
        return model_fail(model, "R6", "a guest is not as was asked for");
    return true;
}

bool
house_seldom_audit(const struct house_seldom *seldom, const struct command *command, const struct decision *decision,
                   struct house_model *model)
{
    enum outcome outcome = decision->refusal.outcome;
    bool had_more = seldom->has_lapsed && seldom->outcome == OUTCOME_IN_USE && outcome == OUTCOME_OK;
    if (seldom->is_judged && outcome != seldom->outcome && !had_more)
        return model_fail(model, command_kind_name(command->kind).ptr, outcome_info(seldom->outcome)->code.ptr);
    if (!check_links(seldom, command, outcome, model) ||
        !check_nights(outcome == OUTCOME_OK ? &seldom->asked : &seldom->present, model))
        return false;
    return id_is_none(seldom->guest.id) || check_guest(seldom, decision, model);
}
