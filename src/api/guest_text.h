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

/* The members "name", "email" and "phone" in the object itself that `text` ends with. Who was erased has no name, and
 * is told as what they are. */
void guest_text_add_members(struct text *text, const struct guest_details *details);

#endif
