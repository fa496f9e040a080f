/* docs/errors.md and docs/states.md, made from the tables of src/core; as a test, that what is committed is up to date.
 *
 * usage: tables_test [--write] DOCS-FOLDER
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/booking.h"
#include "core/command.h"
#include "core/hold.h"
#include "core/house.h"
#include "core/outcome.h"
#include "core/room_state.h"

static const char *docs;

/* -- errors.md -- */

static void
render_errors(FILE *out)
{
    (void)fprintf(
        out,
        "# Errors\n\n"
        "<!-- Made from src/core/outcome.def by `ninja -C build docs`; a test compares. -->\n\n"
        "A request that is not carried out is answered with `application/problem+json` (RFC 9457). `code` is one of "
        "these; nothing else\nin a problem is meant to be compared by a program. Of two that apply, the upper "
        "one is told. A refusal changes nothing.\n`type` leads to where the server itself says what the code means, "
        "such as `/docs#SOLD_OUT`.\n\n"
        "*Again* marks what may be sent again unchanged: it may succeed later.\n\n"
        "| Code | HTTP | Again | Title | Meaning |\n"
        "|---|---|---|---|---|\n");
    for (int row = OUTCOME_OK + 1; row < OUTCOME_COUNT; row++) {
        const struct outcome_info *info = outcome_info((enum outcome)row);
        (void)fprintf(out, "| `%.*s` | %d | %s | %.*s | %.*s |\n", STR_ARG(info->code), info->http_status,
                      info->transient ? "yes" : "", STR_ARG(info->title), STR_ARG(info->meaning));
    }
}

/* -- states.md -- */

static const char *const meanings[BOOKING_STATUS_COUNT] = {
#define BOOKING_STATUS(name, blocking, meaning) [BOOKING_##name] = (meaning),
#include "core/booking.def"
#undef BOOKING_STATUS
};

static bool
is_reached(enum booking_status to)
{
    for (int from = BOOKING_NONE; from < BOOKING_STATUS_COUNT; from++)
        if (from != (int)to && booking_machine_has_step((enum booking_status)from, to))
            return true;
    return false;
}

static void
render_booking_statuses(FILE *out)
{
    (void)fprintf(
        out, "## Bookings\n\n"
             "A *blocking* booking takes stock and may have a room; leaving the blocking states gives both back in "
             "the same transaction.\n\n"
             "| Status | Blocking | Meaning |\n|---|---|---|\n");
    for (int i = BOOKING_NONE + 1; i < BOOKING_STATUS_COUNT; i++)
        (void)fprintf(out, "| `%.*s` | %s | %s%s |\n", STR_ARG(booking_status_name((enum booking_status)i)),
                      booking_status_is_blocking((enum booking_status)i) ? "yes" : "", meanings[i],
                      is_reached((enum booking_status)i) ? "" : " (no command leads here)");
}

static void
render_booking_steps(FILE *out)
{
    (void)fprintf(
        out, "\nEvery pair of status and command that is not in this table is refused with `INVALID_TRANSITION`.\n\n"
             "| From | Command | To | Event |\n|---|---|---|---|\n");
#define BOOKING_TRANSITION(from, command, to, event)                                                                   \
    (void)fprintf(out, "| `%.*s` | %.*s | `%.*s` | `%s` |\n", STR_ARG(booking_status_name(BOOKING_##from)),            \
                  STR_ARG(booking_command_name(BOOKING_COMMAND_##command)),                                            \
                  STR_ARG(booking_status_name(BOOKING_##to)), event);
#include "core/booking.def"
#undef BOOKING_TRANSITION
}

static const char *
asked_of_member(enum command_kind step, enum booking_command command, enum booking_status status)
{
    if (status == command_group_leads_to(step))
        return "already";
    if (command_group_passes_over(step, status))
        return "";
    return booking_machine_allows(status, command) ? "takes it" : "refuses all";
}

/* A step of a group is that of each of its bookings that it is for. */
static void
render_group_steps(FILE *out)
{
    (void)fprintf(out,
                  "\n### Groups\n\n"
                  "A step of a group, all or nothing, by the status of each of its bookings. `already`: left as it "
                  "is, and told to be there;\nblank: nothing is asked of it. Where no booking takes the step and "
                  "none is there already, it is refused with `INVALID_TRANSITION`,\nand `allowed` has the steps of "
                  "this table that some booking would take.\n\n"
                  "| Status | confirm | cancel | check-in | check-out |\n|---|---|---|---|---|\n");
    for (int i = BOOKING_NONE + 1; i < BOOKING_STATUS_COUNT; i++) {
        enum booking_status status = (enum booking_status)i;
        (void)fprintf(out, "| `%.*s` | %s | %s | %s | %s |\n", STR_ARG(booking_status_name(status)),
                      asked_of_member(COMMAND_CONFIRM_BOOKING, BOOKING_COMMAND_CONFIRM, status),
                      asked_of_member(COMMAND_CANCEL_BOOKING, BOOKING_COMMAND_CANCEL, status),
                      asked_of_member(COMMAND_CHECK_IN, BOOKING_COMMAND_CHECK_IN, status),
                      asked_of_member(COMMAND_CHECK_OUT, BOOKING_COMMAND_CHECK_OUT, status));
    }
}

static void
render_holds(FILE *out)
{
    (void)fprintf(out, "\n## Holds\n\nA hold is `%.*s` and ends once, at the latest at `expires_at`: as",
                  STR_ARG(hold_status_name(HOLD_ACTIVE)));
    for (int i = HOLD_ACTIVE + 1; i < HOLD_STATUS_COUNT; i++)
        (void)fprintf(out, "%s `%.*s`",
                      i == HOLD_ACTIVE + 1         ? ""
                      : i + 1 == HOLD_STATUS_COUNT ? " or"
                                                   : ",",
                      STR_ARG(hold_status_name((enum hold_status)i)));
    (void)fprintf(out, ".\nAt the instant of `expires_at` it has ended, whether or not anybody has noticed yet.\n");
    (void)fprintf(
        out,
        "Asking for the same again and `extend` move it later, until %d times the type's `hold_ttl_s` after\n"
        "the hold was taken at the latest; until %d minutes after it in any case, and never beyond %d hours.\n",
        HOLD_PROLONGED_TIMES, HOLD_PROLONGED_MIN_MS / 60000, HOLD_PROLONGED_MAX_MS / 3600000);
}

/* The derivation is shown by carrying it out. */
static void
render_rooms(FILE *out)
{
    (void)fprintf(out,
                  "\n## Rooms\n\n"
                  "Stored are the cleanliness, a fault if there is one, and who is in the room. `room_status` follows "
                  "from these.\n\n"
                  "| Occupied | Fault | Cleanliness | `room_status` |\n|---|---|---|---|\n");
    for (int i = 0; i < 4 * CLEANLINESS_COUNT; i++) {
        bool is_occupied = i / (2 * CLEANLINESS_COUNT) == 0, has_fault = i / CLEANLINESS_COUNT % 2 == 0;
        const struct id something = {1, 1};
        struct room_state state = {.cleanliness = (enum cleanliness)(i % CLEANLINESS_COUNT),
                                   .fault = has_fault ? something : ID_NONE,
                                   .occupant = is_occupied ? something : ID_NONE};
        (void)fprintf(out, "| %s | %s | `%.*s` | `%.*s` |\n", is_occupied ? "yes" : "no", has_fault ? "yes" : "no",
                      STR_ARG(cleanliness_name(state.cleanliness)), STR_ARG(room_status_name(room_status_of(&state))));
    }
}

/* By what the table says of each room, one row per command and result. */
static void
render_housekeeping(FILE *out)
{
    static const char *const faults[] = {"either", "no", "yes"};
    enum { EITHER, SOUND, FAULTY };
    (void)fprintf(out, "\n### Housekeeping\n\n"
                       "In rooms with guests in them as in others. A command that has no row is `INVALID_TRANSITION`. "
                       "Whoever leaves a room leaves it `DIRTY`.\n\n"
                       "| Cleanliness | Fault | Command | Cleanliness after | Fault after |\n|---|---|---|---|---|\n");
#define FOUND_START_CLEANING_NONE ""
#define FOUND_FINISH_CLEANING_NONE ""
#define FOUND_INSPECT_PASS ", `pass`"
#define FOUND_INSPECT_FAIL ", `fail`"
#define FOUND_MARK_DIRTY_NONE ""
#define FOUND_REPORT_MAINTENANCE_NONE ""
#define FOUND_FINISH_MAINTENANCE_PASS ", `ok`"
#define FOUND_FINISH_MAINTENANCE_FAIL ", `dirty`"
#define FOUND_FINISH_MAINTENANCE_AS_IT_WAS ", `repaired`"
#define ROOM_TRANSITION(from, before, command, result, to, after)                                                      \
    (void)fprintf(out, "| `" #from "` | %s | `%.*s`" FOUND_##command##_##result " | `" #to "` | %s |\n",               \
                  faults[before], STR_ARG(room_command_name(ROOM_COMMAND_##command)),                                  \
                  (after) == EITHER ? "as before" : faults[after]);
#include "core/room.def"
#undef ROOM_TRANSITION
}

static void
render_states(FILE *out)
{
    (void)fprintf(
        out, "# States\n\n"
             "<!-- Made from src/core/booking.def, hold.h, room_state.h and room.def by `ninja -C build docs`; a test "
             "compares. -->\n\n");
    render_booking_statuses(out);
    render_booking_steps(out);
    render_group_steps(out);
    render_holds(out);
    render_rooms(out);
    render_housekeeping(out);
}

/* -- comparing and writing -- */

static const struct {
    const char *name;
    void (*render)(FILE *out);
} pages[] = {{"errors.md", render_errors}, {"states.md", render_states}};

enum { PAGE_COUNT = sizeof(pages) / sizeof(pages[0]) };

/* The text as it should be; the caller frees it. */
static char *
rendered(void (*render)(FILE *out))
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (out == NULL)
        return NULL;
    render(out);
    return fclose(out) == 0 ? text : NULL;
}

static FILE *
open_page(const char *name, const char *mode)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", docs, name);
    return fopen(path, mode);
}

static void
assert_up_to_date(size_t page)
{
    char committed[65536];
    char *expected = rendered(pages[page].render);
    FILE *file = open_page(pages[page].name, "r");
    if (file == NULL)
        fail_msg("docs/%s is missing: ninja -C build docs", pages[page].name);
    size_t len = fread(committed, 1, sizeof(committed) - 1, file);
    assert_int_equal(fclose(file), 0);
    committed[len] = '\0';
    assert_non_null(expected);
    if (strcmp(committed, expected) != 0)
        fail_msg("docs/%s is not what its tables say: ninja -C build docs", pages[page].name);
    free(expected);
}

static void
errors_are_documented_as_they_are(void **state)
{
    (void)state;
    assert_up_to_date(0);
}

static void
states_are_documented_as_they_are(void **state)
{
    (void)state;
    assert_up_to_date(1);
}

static int
write_pages(void)
{
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        FILE *file = open_page(pages[i].name, "w");
        if (file == NULL) {
            perror(pages[i].name);
            return EXIT_FAILURE;
        }
        pages[i].render(file);
        if (fclose(file) != 0) {
            perror(pages[i].name);
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_documented_as_they_are),
        cmocka_unit_test(states_are_documented_as_they_are),
    };
    bool writes = argc == 3 && strcmp(argv[1], "--write") == 0;
    if (argc != 2 && !writes)
        return 64;
    docs = argv[argc - 1];
    return writes ? write_pages() : test_run("docs/tables", tests);
}
