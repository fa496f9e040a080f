/* Who got which room by a command: bookings beside the one that it was for, told to whoever moved them. */
#ifndef NIGHTLATCH_API_ROOMED_TEXT_H
#define NIGHTLATCH_API_ROOMED_TEXT_H

#include "base/text.h"
#include "engine/engine.h"

struct call;
struct reader;

/* Of the call's result; guests and doors have names where there is a reader to look them up, NULL for none. */
struct roomed_text {
    struct call *call;
    struct reader *reader;
};

/* ,"NAME":[{"booking_id":...,"code":...,"room_id":...,"guest_name":...,"room_number":...}, ...] of all events of this
 * kind: the room it is to have, or the last of several; null where it has none any more. */
void roomed_text_put(struct text *text, const char *name, const struct roomed_text *of, struct str kind);

/* Whether any booking made way for this one (ID_NONE: for no booking), or lost its room to it. */
bool roomed_text_any_moved(const struct engine_result *result, struct id for_whom);

/* Reopens the object that `text` ends with, and closes it again with those as "moved", when there are any. */
void roomed_text_add_moved(struct text *text, const struct roomed_text *of, struct id for_whom);

#endif
