/* Which property a command is about: what --property says, or the only one there is.
 *
 * All properties are offered, one after another. Id and number go before a name, which may look like a number; names
 * are unique. One thread. */
#ifndef NIGHTLATCH_CMD_PROPERTY_CHOICE_H
#define NIGHTLATCH_CMD_PROPERTY_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "cmd/control.h"
#include "core/id.h"

/* For an option's help. */
#define PROPERTY_CHOICE_HELP "by its number, its id (prp_...) or its name"

enum { PROPERTY_CHOICE_LIST_SIZE = 280 };

struct property_choice {
    const char *wanted; /* borrowed; NULL: the only one */
    /* the best that was offered; number 0: nothing yet */
    uint32_t number;
    struct id id;
    int rank;                             /* how well it fits; 0: not at all */
    size_t offers;                        /* of how many */
    char list[PROPERTY_CHOICE_LIST_SIZE]; /* "1 (Hotel), 2 (School)", for whoever has to choose */
    size_t list_len;
};

/* `wanted` is borrowed as long as the choice. */
void property_choice_init(struct property_choice *choice, const char *wanted);

/* `name` is not kept. */
void property_choice_offer(struct property_choice *choice, uint32_t number, struct id id, struct str name);

/* Whether number and id are now those of the property that is meant; false with *err, which lists what there is:
 * ERR_DATA when there is no property at all, ERR_USAGE otherwise. */
bool property_choice_end(const struct property_choice *choice, struct err *err) __attribute__((warn_unused_result));

/* The property of a subcommand that acts on an installation: offers all that `control` lists, and ends the choice.
 * False with *err as property_choice_end(), or as control_list(). The text of its id is in `ret_id`. */
bool property_choice_ask(struct property_choice *choice, struct control *control, char ret_id[ID_TEXT_SIZE],
                         struct err *err) __attribute__((warn_unused_result));

/* The same for an option that names one: *property leads to its id, which is in `ret_id`, from then on. Without one
 * (NULL) nothing is looked for. */
bool property_choice_put_id(struct control *control, const char **property, char ret_id[ID_TEXT_SIZE], struct err *err)
    __attribute__((warn_unused_result));

#endif
