/* The best fit so far: no list of properties is kept, but for its text. */
#include "cmd/property_choice.h"

#include <stdio.h>
#include <string.h>

#include "util/utf8.h"

enum { NAME_SHOWN = 200 /* bytes in the list; the number before it tells which it is */ };
enum { RANK_NONE, RANK_NAME, RANK_NUMBER, RANK_ID };

void
property_choice_init(struct property_choice *choice, const char *wanted)
{
    *choice = (struct property_choice){.wanted = wanted};
}

static int
rank(const char *wanted, uint32_t number, struct id id, struct str name)
{
    char id_text[ID_TEXT_SIZE];
    long long wanted_number;
    if (wanted == NULL)
        return RANK_NAME; /* any will do, as long as it is the only one */
    id_format(ID_PROPERTY, number, id, id_text);
    if (strcmp(wanted, id_text) == 0)
        return RANK_ID;
    if (str_to_i64(str_from(wanted), &wanted_number) && wanted_number == (long long)number)
        return RANK_NUMBER;
    return str_equal(str_from(wanted), name) ? RANK_NAME : RANK_NONE;
}

static void
add_to_list(struct property_choice *choice, uint32_t number, struct str name)
{
    size_t room = sizeof(choice->list) - choice->list_len;
    struct str begins = utf8_cut(name, NAME_SHOWN);
    int len = snprintf(choice->list + choice->list_len, room, "%s%u (%.*s%s)", choice->offers > 0 ? ", " : "",
                       (unsigned)number, STR_ARG(begins), begins.len < name.len ? "..." : "");
    if (len < 0 || (size_t)len >= room) {
        choice->list[choice->list_len] = '\0'; /* what does not fit is left away whole */
        return;
    }
    choice->list_len += (size_t)len;
}

void
property_choice_offer(struct property_choice *choice, uint32_t number, struct id id, struct str name)
{
    int fit = rank(choice->wanted, number, id, name);
    add_to_list(choice, number, name);
    choice->offers++;
    if (fit <= choice->rank)
        return;
    choice->rank = fit;
    choice->number = number;
    choice->id = id;
}

bool
property_choice_end(const struct property_choice *choice, struct err *err)
{
    if (choice->wanted == NULL ? choice->offers == 1 : choice->rank != RANK_NONE)
        return true;
    if (choice->offers == 0)
        err_set(err, ERR_DATA, "there is no property yet");
    else if (choice->wanted == NULL)
        err_set(err, ERR_USAGE, "--property is needed to choose between %s", choice->list);
    else
        err_set(err, ERR_USAGE, "there is no property %.60s; there are %s", choice->wanted, choice->list);
    return false;
}

static bool
offer(const json_t *property, void *user)
{
    enum id_kind kind;
    uint32_t number;
    struct id id;
    if (id_parse(str_from(control_text(property, "id")), &kind, &number, &id))
        property_choice_offer(user, number, id, str_from(control_text(property, "name")));
    return true;
}

bool
property_choice_ask(struct property_choice *choice, struct control *control, char ret_id[ID_TEXT_SIZE], struct err *err)
{
    if (!control_list(control, "/v1/properties", offer, choice, err) || !property_choice_end(choice, err))
        return false;
    id_format(ID_PROPERTY, choice->number, choice->id, ret_id);
    return true;
}

bool
property_choice_put_id(struct control *control, const char **property, char ret_id[ID_TEXT_SIZE], struct err *err)
{
    struct property_choice choice;
    if (*property == NULL)
        return true;
    property_choice_init(&choice, *property);
    if (!property_choice_ask(&choice, control, ret_id, err))
        return false;
    *property = ret_id;
    return true;
}
