/* The commands of the desk beside plain creation, in the same house and the same round.
 *
 * Every client has a booking of today and two rooms, and walks a cycle of commands that ends where it began (or is over
 * with what it made), so that it can go on for as long as is measured. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cmd/bench_run.h"
#include "core/date.h"

enum { CYCLE_MAX = 6, TYPES = 20, ROOMS_EACH = 50 }; /* as where bookings are measured */

/* %B is the client's stay, %N that of its neighbour, %R the room the stay has, %O its other one, %M what the cycle
 * made last, %L what it made before that, %P the property, %T a type, %Q one that needs approval; %A today, %D
 * tomorrow, %E the day after; %X and %Y a night that nobody else of the type asks for, and %Z the day after it. */
struct step {
    const char *path, *body;
    enum {
        USES,
        MAKES,  /* what the reply is about is %M from now on */
        AMENDS, /* a PATCH of what the step before made */
        REMOVES /* a DELETE of it */
    } kind;
};

#define GUEST "\"guest\":{\"name\":\"Grace Hopper\"}"
#define OWN_NIGHT "\"property_id\":\"%P\",\"room_type_id\":\"%T\",\"arrival\":\"%X\",\"departure\":\"%Y\""

#define ON_REQUEST "\"property_id\":\"%P\",\"room_type_id\":\"%Q\",\"arrival\":\"%X\",\"departure\":\"%Y\""
#define AUTHORISED "{\"method\":\"card_at_desk\",\"amount\":100,\"captured\":false}"

static const struct cycle {
    const char *what;
    struct step steps[CYCLE_MAX];
    size_t count;
} cycles[] = {
    {"unassign, assign",
     {{"/v1/bookings/%B/unassign", "{}", USES}, {"/v1/bookings/%B/assign", "{\"room_id\":\"%R\"}", USES}},
     2},
    {"unpin, pin",
     {{"/v1/bookings/%B/pin", "{\"pinned\":false}", USES}, {"/v1/bookings/%B/pin", "{\"pinned\":true}", USES}},
     2},
    {"move, and back",
     {{"/v1/bookings/%B/move", "{\"to_room_id\":\"%O\"}", USES},
      {"/v1/bookings/%B/move", "{\"to_room_id\":\"%R\"}", USES}},
     2},
    {"check in, out, and undo both",
     {{"/v1/bookings/%B/check-in", "{\"override\":true,\"reason\":\"measured\"}", USES},
      {"/v1/bookings/%B/check-out", "{}", USES},
      {"/v1/bookings/%B/undo-check-out", "{}", USES},
      {"/v1/bookings/%B/undo-check-in", "{}", USES}},
     4},
    {"no-show, waive the fee, reinstate",
     {{"/v1/bookings/%B/no-show", "{}", USES},
      {"/v1/bookings/%B/waive-fee", "{\"reason\":\"measured\"}", USES},
      {"/v1/bookings/%B/reinstate", "{}", USES}},
     3},
    {"walk in, extend, pay, check out",
     {{"/v1/bookings:walk-in",
       "{\"property_id\":\"%P\",\"room_id\":\"%O\",\"nights\":1,\"override\":true,\"reason\":\"measured\"," GUEST "}",
       MAKES},
      {"/v1/bookings/%M/extend", "{\"departure\":\"%E\"}", USES},
      {"/v1/bookings/%M/payments", "{\"method\":\"cash\",\"amount\":100}", USES},
      {"/v1/bookings/%M/check-out", "{}", USES}},
     4},
    {"break, mend, clean, inspect, soil",
     {{"/v1/rooms/%R/report-maintenance", "{\"note\":\"The tap drips.\"}", USES},
      {"/v1/rooms/%R/finish-maintenance", "{\"quality\":\"dirty\"}", USES},
      {"/v1/rooms/%R/start-cleaning", "{}", USES},
      {"/v1/rooms/%R/finish-cleaning", "{}", USES},
      {"/v1/rooms/%R/inspect", "{\"result\":\"pass\"}", USES},
      {"/v1/rooms/%R/mark-dirty", "{}", USES}},
     6},
    {"close a room, for longer, open it",
     {{"/v1/closures",
       "{\"room_id\":\"%O\",\"kind\":\"out_of_order\",\"from\":\"%A\",\"until\":\"%D\",\"reason\":\"measured\"}",
       MAKES},
      {"/v1/closures/%M", "{\"until\":\"%E\"}", AMENDS},
      {"/v1/closures/%M/reopen", "{}", USES}},
     3},
    {"book, cancel", {{"/v1/bookings", "{" OWN_NIGHT "," GUEST "}", MAKES}, {"/v1/bookings/%M/cancel", "{}", USES}}, 2},
    {"book, amend, cancel",
     {{"/v1/bookings", "{" OWN_NIGHT "," GUEST "}", MAKES},
      {"/v1/bookings/%M", "{\"departure\":\"%Z\"}", AMENDS},
      {"/v1/bookings/%M/cancel", "{}", USES}},
     3},
    {"book two, pay, cancel both, refund",
     {{"/v1/bookings", "{" OWN_NIGHT ",\"quantity\":2,\"price\":100," GUEST "}", MAKES},
      {"/v1/groups/%M/payments", "{\"method\":\"cash\",\"amount\":200}", MAKES},
      {"/v1/groups/%L/cancel", "{}", USES},
      {"/v1/payments/%M/refund", "{}", USES}},
     4},
    {"book for money, confirm, cancel",
     {{"/v1/bookings", "{" OWN_NIGHT "," GUEST ",\"payment\":\"required\"}", MAKES},
      {"/v1/bookings/%M/confirm", "{\"reason\":\"measured\"}", USES},
      {"/v1/bookings/%M/cancel", "{}", USES}},
     3},
    {"book, name a guest, cancel",
     {{"/v1/bookings", "{" OWN_NIGHT ",\"party\":2," GUEST "}", MAKES},
      {"/v1/bookings/%M/guests", "{" GUEST "}", USES},
      {"/v1/bookings/%M/cancel", "{}", USES}},
     3},
    {"hold, release", {{"/v1/holds", "{" OWN_NIGHT ",\"ttl_s\":600}", MAKES}, {"/v1/holds/%M", "", REMOVES}}, 2},
    {"hold, extend, confirm, cancel",
     {{"/v1/holds", "{" OWN_NIGHT ",\"ttl_s\":600}", MAKES},
      {"/v1/holds/%M/extend", "{\"ttl_s\":900}", USES},
      {"/v1/holds/%M/confirm", "{" GUEST "}", MAKES},
      {"/v1/bookings/%M/cancel", "{}", USES}},
     4},
    {"book on request, approve, cancel",
     {{"/v1/bookings", "{" ON_REQUEST "," GUEST "}", MAKES},
      {"/v1/bookings/%M/approve", "{}", USES},
      {"/v1/bookings/%M/cancel", "{}", USES}},
     3},
    {"book on request, decline",
     {{"/v1/bookings", "{" ON_REQUEST "," GUEST "}", MAKES}, {"/v1/bookings/%M/decline", "{}", USES}},
     2},
    {"book, authorise, capture, cancel",
     {{"/v1/bookings", "{" OWN_NIGHT ",\"price\":100," GUEST "}", MAKES},
      {"/v1/bookings/%M/payments", AUTHORISED, MAKES},
      {"/v1/payments/%M/capture", "{}", USES},
      {"/v1/bookings/%L/cancel", "{}", USES}},
     4},
    {"book, authorise, void, cancel",
     {{"/v1/bookings", "{" OWN_NIGHT ",\"price\":100," GUEST "}", MAKES},
      {"/v1/bookings/%M/payments", AUTHORISED, MAKES},
      {"/v1/payments/%M/void", "{}", USES},
      {"/v1/bookings/%L/cancel", "{}", USES}},
     4},
    {"link for a guest, withdraw it",
     {{"/v1/bookings/%B/guest-link", "{}", USES}, {"/v1/bookings/%B/guest-link", "", REMOVES}},
     2},
    {"check in and out as a batch, and undo both",
     {{"/v1/bookings:batch",
       "{\"property_id\":\"%P\",\"command\":\"check-in\",\"items\":[{\"booking_id\":\"%B\",\"override\":true,"
       "\"reason\":\"measured\"}]}",
       USES},
      {"/v1/bookings:batch",
       "{\"property_id\":\"%P\",\"command\":\"check-out\",\"mode\":\"one_by_one\",\"items\":[{\"booking_id\":\"%B\"}]}",
       USES},
      {"/v1/bookings/%B/undo-check-out", "{}", USES},
      {"/v1/bookings/%B/undo-check-in", "{}", USES}},
     4},
    {"note, no note",
     {{"/v1/rooms/%R/set-note", "{\"note\":\"Two pillows.\"}", USES},
      {"/v1/rooms/%R/set-note", "{\"note\":null}", USES}},
     2},
    {"swap", {{"/v1/bookings/%B/swap", "{\"with_booking_id\":\"%N\"}", USES}}, 1},
    {"unassign, auto-assign",
     {{"/v1/bookings/%B/unassign", "{}", USES}, {"/v1/bookings/%B/auto-assign", "{}", USES}},
     2},
};

enum { CYCLES = sizeof(cycles) / sizeof(cycles[0]), CLIENTS_MAX = BENCH_STAYS_MAX };

struct desk {
    const struct cycle *cycle;
    size_t at[CLIENTS_MAX];                  /* the next step of each client */
    char made[CLIENTS_MAX][2][ID_TEXT_SIZE]; /* last, and before that */
    bool refused;                            /* some command was, and was shown */
};

/* What a letter of a step stands for; dates in `date`. */
static const char *
word_of(const struct bench_run *run, size_t client, char letter, char date[DATE_TEXT_SIZE])
{
    const struct bench_house *house = run->house;
    size_t neighbour = (client ^ 1) < run->clients ? client ^ 1 : 0;
    switch (letter) {
    case 'B': return house->stay[client];
    case 'N': return house->stay[neighbour];
    case 'R': return house->room[client][0];
    case 'O': return house->room[client][1];
    case 'M':
    case 'L': return ((const struct desk *)run->more)->made[client][letter == 'L'];
    case 'P': return house->property[0];
    case 'Q': return house->on_request;
    case 'T': return house->type[0][client % TYPES];
    case 'X':
    case 'Y':
    case 'Z': date_format(house->first_night + (int32_t)(client / TYPES) + letter - 'X', date); return date;
    default: date_format(house->first_night + (letter == 'A' ? -1 : letter - 'D'), date); return date;
    }
}

static void
fill_in(const struct bench_run *run, size_t client, const char *pattern, char *out, size_t size)
{
    char date[DATE_TEXT_SIZE];
    size_t len = 0;
    for (const char *at = pattern; *at != '\0' && len < size; at++) {
        if (*at == '%')
            len += (size_t)snprintf(out + len, size - len, "%s", word_of(run, client, *++at, date));
        else
            out[len++] = *at;
    }
    assert(len < size);
    out[len] = '\0';
}

static struct str
next_step(size_t client, void *user)
{
    struct bench_run *run = user;
    struct desk *desk = run->more;
    char path[96], body[BENCH_REQUEST_SIZE / 2];
    assert(client < CLIENTS_MAX);
    const struct cycle *cycle = desk->cycle;
    const struct step *step = &cycle->steps[desk->at[client]];
    desk->at[client] = (desk->at[client] + 1) % cycle->count;
    fill_in(run, client, step->path, path, sizeof(path));
    fill_in(run, client, step->body, body, sizeof(body));
    if (step->kind == AMENDS || step->kind == REMOVES)
        return bench_write_to_new(run, step->kind == AMENDS ? "PATCH" : "DELETE", path, body, run->requests[client]);
    return bench_write_post(run, path, body, run->requests[client]);
}

/* Every reply about one thing opens with its id. */
static void
keep_made(struct desk *desk, size_t client, struct str body)
{
    static const char opening[] = "{\"id\":\"";
    size_t before = sizeof(opening) - 1;
    const struct cycle *cycle = desk->cycle;
    const struct step *step = &cycle->steps[(desk->at[client] + cycle->count - 1) % cycle->count];
    if (step->kind != MAKES || body.len <= before + ID_TEXT_LEN || memcmp(body.ptr, opening, before) != 0)
        return;
    memcpy(desk->made[client][1], desk->made[client][0], ID_TEXT_SIZE);
    (void)snprintf(desk->made[client][0], ID_TEXT_SIZE, "%.*s", ID_TEXT_LEN, body.ptr + before);
}

/* None is expected to be refused; the first that is is shown. */
static void
note_reply(size_t client, int status, struct str body, void *user)
{
    struct desk *desk = ((struct bench_run *)user)->more;
    keep_made(desk, client, body);
    if (status >= 300 && !desk->refused)
        (void)fprintf(stderr, "%s: %.*s\n", desk->cycle->what, STR_ARG(body));
    desk->refused |= status >= 300;
}

static bool
measure_cycle(struct bench_run *run, const struct cycle *cycle, int64_t round, const struct load_result *created)
{
    struct load_result load;
    if (!bench_shoot(run, next_step, note_reply, &load))
        return false;
    double rate = bench_per_second(load.by_class[2], &load), plain = bench_per_second(created->by_class[2], created);
    BENCH_TELL(run->bench, cycle->what, round, {"commands_per_second", rate}, {"created_per_second", plain},
               {"of_creation", plain == 0 ? 0 : rate / plain}, {"p50_us", (double)load.p50_us},
               {"p99_us", (double)load.p99_us}, {"refused", (double)load.by_class[4]},
               {"failed", (double)(load.by_class[5] + load.lost)});
    return true;
}

/* In a house of its own: what is created beside it fills a house, and a full one refuses. */
static bool
desk_cycle(struct bench *bench, const struct cycle *cycle, int64_t round, size_t clients)
{
    static struct bench_house house;
    static struct desk desk;
    char name[32], path[BENCH_PATH_SIZE];
    struct bench_run run = {.bench = bench};
    struct load_result created;
    desk = (struct desk){.cycle = cycle};
    (void)snprintf(name, sizeof(name), "desk-%d-%d", (int)round, (int)(cycle - cycles));
    bool well = bench_make_house(bench, name,
                                 (struct bench_house_settings){
                                     .properties = 1, .types_each = TYPES, .rooms_each = ROOMS_EACH, .stays = clients},
                                 &house, path) &&
                bench_open(&run, bench, &house, clients);
    run.more = &desk;
    return bench_close(&run, well && bench_shoot(&run, bench_random_booking, NULL, &created) &&
                                 measure_cycle(&run, cycle, round, &created));
}

bool
bench_desk(struct bench *bench)
{
    bool well = true;
    size_t clients = (size_t)bench->options->clients < CLIENTS_MAX ? (size_t)bench->options->clients : CLIENTS_MAX;
    for (int64_t round = 1; well && round <= bench->options->rounds; round++)
        for (size_t i = 0; well && i < CYCLES; i++)
            well = desk_cycle(bench, &cycles[i], round, clients);
    return well;
}
