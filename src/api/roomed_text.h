/* Who got which room by a command: bookings beside the one that it was for, told to whoever moved them. */
#ifndef NIGHTLATCH_API_ROOMED_TEXT_H
#define NIGHTLATCH_API_ROOMED_TEXT_H

#include "base/text.h"
#include "engine/engine.h"

/* ,"NAME":[{"booking_id":...,"room_id":...}, ...] of all events of this kind: the room it is to have, or the
 * last of several; null where it has none any more. */
void roomed_text_put(struct text *text, const char *name, const struct engine_result *result, struct str kind);

/* Reopens the object that `text` ends with, and closes it again with "moved", when any booking made way for this one
 * (ID_NONE: for no booking), or lost its room to it. */
void roomed_text_add_moved(struct text *text, const struct engine_result *result, struct id for_whom);

#endif
