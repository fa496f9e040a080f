/* A guest inside a booking or group, as every reply shows them. Nobody's details are in a state, because the log keeps
 * states for ever; they are put beside it here. */
#ifndef NIGHTLATCH_API_GUEST_TEXT_H
#define NIGHTLATCH_API_GUEST_TEXT_H

#include "base/text.h"
#include "core/command.h"

/* Reopens the object that `text` ends with, and closes it again with one member more:
 * "guest":{"id":...,"name":...,"email":...,"phone":...}, or by id alone when `details` is NULL. `id` is the public
 * form. */
void guest_text_add(struct text *text, struct str id, const struct guest_details *details);

/* A guest of a booking, by the public id; by it alone where `details` is NULL. */
struct guest_shown {
    struct str id;
    const struct guest_details *details;
};

/* The same for a booking, which has two members more: "guest", who booked, is the first of `guests`, and "guests" are
 * all of them. At least one. */
void guest_text_add_party(struct text *text, const struct guest_shown *guests, size_t count);

/* The members "name", "email" and "phone" in the object itself that `text` ends with. Who was erased has no name, and
 * is told as what they are. */
void guest_text_add_members(struct text *text, const struct guest_details *details);

#endif
