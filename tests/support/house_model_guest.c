/* Guests who were put right or erased, and the links of bookings that are open, in a house in plain memory. Whoever is
 * in neither is as they were when they were named first. */
#include "tests/support/house_model_part.h"

static bool
is_named(const struct house_model *model, struct id guest)
{
    for (size_t i = 0; i < model->booking_count; i++)
        if (id_equal(model->bookings[i].guest, guest))
            return true;
    for (size_t i = 0; i < model->companion_count; i++)
        if (id_equal(model->companions[i].guest, guest))
            return true;
    return false;
}

bool
model_find_guest(const struct house_model *model, struct id id, struct guest *ret_guest)
{
    *ret_guest = (struct guest){.id = id, .version = 1};
    if (id_is_none(id) || !is_named(model, id))
        return false;
    for (size_t i = 0; i < model->changed_guest_count; i++)
        if (id_equal(model->changed_guests[i].id, id))
            *ret_guest = model->changed_guests[i];
    return true;
}

/* Those of this booking, or of whatever the guest has booked. */
static bool
is_link_of(const struct house_model *model, const struct guest_link *link, struct id booking, struct id guest)
{
    const struct booking *of = house_model_booking(model, link->booking);
    return id_equal(link->booking, booking) || (of != NULL && !id_is_none(guest) && id_equal(of->guest, guest));
}

static struct id
named_booking(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_CREATE_GUEST_LINK: return command->create_guest_link.booking;
    case COMMAND_WITHDRAW_GUEST_LINK: return command->withdraw_guest_link.booking;
    case COMMAND_AMEND_BOOKING: return command->amend_booking.changes_guest ? command->amend_booking.booking : ID_NONE;
    case COMMAND_CANCEL_BOOKING: return command->actor.role == ROLE_GUEST ? command->booking_step.booking : ID_NONE;
    default: return ID_NONE;
    }
}

static struct id
named_guest(const struct house_model *model, const struct command *command)
{
    const struct booking *booking;
    switch (command->kind) {
    case COMMAND_ADD_GUEST: return command->name_guest.guest;
    case COMMAND_AMEND_GUEST:
    case COMMAND_ERASE_GUEST: return command->put_guest.guest;
    case COMMAND_CREATE_GUEST_LINK:
        booking = house_model_booking(model, command->create_guest_link.booking);
        return booking == NULL ? ID_NONE : booking->guest;
    default: return ID_NONE;
    }
}

void
model_load_guest(const struct house_model *model, const struct command *command, struct guest *guest,
                 struct guest_link *links, struct facts *facts)
{
    struct id booking = named_booking(command);
    struct id erased = command->kind == COMMAND_ERASE_GUEST ? command->put_guest.guest : ID_NONE;
    if (model_find_guest(model, named_guest(model, command), guest))
        facts->guest = guest;
    facts->guest_links = links;
    for (size_t i = 0; i < model->link_count && (!id_is_none(booking) || !id_is_none(erased)); i++)
        if (is_link_of(model, &model->links[i], booking, erased))
            links[facts->guest_link_count++] = model->links[i];
}

bool
model_put_guest(struct house_model *model, const struct guest *row)
{
    struct guest present;
    if (row->version == 1) {
        model->guest_count++;
        return true;
    }
    if (!model_find_guest(model, row->id, &present) || row->version != present.version + 1)
        return model_fail(model, "L6", "a guest changes without version + 1");
    if (present.erased_at != 0)
        return model_fail(model, "R6", "somebody is put in the place of a guest who was erased");
    if (row->erased_at != 0 && row->details.name.len + row->details.email.len + row->details.phone.len > 0)
        return model_fail(model, "R6", "something is left of a guest who is erased");
    for (size_t i = 0; i < model->changed_guest_count; i++)
        if (id_equal(model->changed_guests[i].id, row->id)) {
            model->changed_guests[i] = *row;
            return true;
        }
    if (model->changed_guest_count == MODEL_GUESTS)
        return model_fail(model, "model", "too many guests who were changed");
    model->changed_guests[model->changed_guest_count++] = *row;
    return true;
}

bool
model_put_link(struct house_model *model, const struct guest_link *row)
{
    for (size_t i = 0; i < model->link_count; i++) {
        if (id_equal(model->links[i].id, row->id)) {
            if (row->withdrawn_at == 0 || row->version != model->links[i].version + 1)
                return model_fail(model, "L6", "a link changes but to be withdrawn");
            model->links[i] = model->links[--model->link_count];
            return true;
        }
        if (id_equal(model->links[i].booking, row->booking))
            return model_fail(model, "T2", "a booking has two links that are good");
    }
    if (row->withdrawn_at != 0 || model->link_count == MODEL_LINKS)
        return model_fail(model, "model", "a link is withdrawn that is not there, or there are too many");
    model->links[model->link_count++] = *row;
    return true;
}

/* Rows of guests whom nobody names any more, and links of what is not there. */
void
house_model_forget_guests(struct house_model *model)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->changed_guest_count; i++)
        if (is_named(model, model->changed_guests[i].id))
            model->changed_guests[kept++] = model->changed_guests[i];
    model->changed_guest_count = kept;
    kept = 0;
    for (size_t i = 0; i < model->link_count; i++)
        if (house_model_booking(model, model->links[i].booking) != NULL)
            model->links[kept++] = model->links[i];
    model->link_count = kept;
}
