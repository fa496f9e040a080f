/* Walks every state that 2 clients can bring 2 rooms into over 3 nights, through the real core, and checks everything.
 *
 *   explorer [--objects N] [--lasting] [--groups] [--approval]
 *   explorer [--objects N] --desk | --faults | --ends | --closures | --guests ...
 *   explorer [--objects N] --audit | --payments | --group-steps | --inventory | --allowance | --split | --whole
 *
 * From the empty house on, every step is tried in every state that was reached: each creation, amendment, confirmation,
 * approval, cancellation, hold and what ends it, time passing, and the sweeper, which may run at any time or never; or,
 * with one or more of the second kind, what a front desk does on the day of arrival, and with it the cleaning, what
 * breaks, guests who don't come, rooms that are closed, who comes along; or in a world of its own a night audit,
 * who pays, steps of a whole group, nights that are set, or stays in several rooms. After each step all invariants are
 * checked; the outcome must be the one that an independent oracle expects, and at the desk the new state too; and
 * deciding on all facts must come to the same as deciding on those that were asked for. States are what
 * explorer_state.h says. Breadth first, so that the path told when something breaks is a shortest one; exit code 1. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/explorer_world.h"

struct node {
    struct state state;
    uint32_t parent;
    uint16_t step; /* of the parent, by number */
};

struct explorer {
    struct explorer_scope scope;
    struct house_model empty;
    struct node *nodes;
    size_t node_count, node_capacity;
    uint32_t *slots;                  /* open addressing: node number + 1 */
    size_t slot_count;                /* a power of two */
    size_t transitions, refused, cut; /* cut: into states with more objects than are walked */
    struct arena arena;
};

static void *
must(void *ptr)
{
    if (ptr == NULL) {
        fprintf(stderr, "explorer: out of memory\n");
        exit(71);
    }
    return ptr;
}

/* --- the set of states --- */

static size_t
find_slot(const struct explorer *x, const struct state *state)
{
    uint64_t hash = state->rooms;
    for (size_t i = 0; i < STATE_OBJECTS; i++)
        hash = (hash ^ state->objects[i]) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash >> 20) & (x->slot_count - 1);
    while (x->slots[at] != 0 && memcmp(&x->nodes[x->slots[at] - 1].state, state, sizeof(*state)) != 0)
        at = (at + 1) & (x->slot_count - 1);
    return at;
}

static void
widen(struct explorer *x)
{
    x->node_capacity = x->node_capacity == 0 ? 1024 : x->node_capacity * 2;
    x->nodes = must(realloc(x->nodes, x->node_capacity * sizeof(*x->nodes)));
    x->slot_count = x->node_capacity * 2;
    free(x->slots);
    x->slots = must(calloc(x->slot_count, sizeof(*x->slots)));
    for (size_t i = 0; i < x->node_count; i++)
        x->slots[find_slot(x, &x->nodes[i].state)] = (uint32_t)i + 1;
}

static void
reach(struct explorer *x, const struct state *state, size_t parent, size_t step)
{
    size_t slot = find_slot(x, state);
    if (x->slots[slot] != 0)
        return;
    if (x->node_count == x->node_capacity) {
        widen(x);
        slot = find_slot(x, state);
    }
    x->nodes[x->node_count++] = (struct node){*state, (uint32_t)parent, (uint16_t)step};
    x->slots[slot] = (uint32_t)x->node_count;
}

/* --- one state --- */

/* A state that is being walked on: the house, the same once swept, and the steps out of it. */
struct opened {
    struct house_model house, swept;
    struct step steps[STEPS_MAX];
    size_t step_count;
};

static void
open_state(const struct explorer *x, size_t node, struct opened *ret)
{
    const struct explorer_world *world = x->scope.world;
    const struct state *state = &x->nodes[node].state;
    if (world != NULL) {
        world->to_house(state, &x->empty, &ret->house);
        ret->step_count = world->list(state, &ret->house, ret->steps);
        return;
    }
    state_to_house(state, &x->empty, &ret->house);
    state_to_swept_house(state, &x->empty, &ret->swept);
    ret->step_count = steps_list(state, &ret->house, &ret->swept, &x->scope, ret->steps);
}

static void
tell_path(const struct explorer *x, size_t node)
{
    static struct opened opened;
    if (node == 0)
        return;
    tell_path(x, x->nodes[node].parent);
    open_state(x, x->nodes[node].parent, &opened);
    fprintf(stderr, "  %s\n", opened.steps[x->nodes[node].step].text);
}

static bool
tell_broken(const struct explorer *x, size_t node, const char *step, const char *why)
{
    fprintf(stderr, "explorer: broken after\n");
    tell_path(x, node);
    fprintf(stderr, "  %s\n%s\n", step, why);
    return false;
}

/* The outcome on everything there is, which may not differ. */
static enum outcome
decide_on_all(struct explorer *x, const struct house_model *model, const struct command *command)
{
    struct facts facts;
    struct decision decision;
    house_model_load_all(model, command, &x->arena, &facts);
    decide(&facts, command, &x->arena, &decision);
    return decision.refusal.outcome;
}

/* A sweep leaves exactly what the state says is alive. */
static bool
is_swept(const struct house_model *model, const struct house_model *swept)
{
    struct state is, ought;
    return state_from_house(model, true, &is) && state_from_house(swept, true, &ought) &&
           memcmp(&is, &ought, sizeof(is)) == 0;
}

/* Nobody who arrives is told that there is no room. */
static bool
all_placed(const struct decision *decision)
{
    for (size_t i = decision->lapsed_events; i < decision->event_count; i++)
        if (decision->events[i].state == EVENT_OF_ARRIVALS && decision->events[i].arrivals->unplaced_count > 0)
            return false;
    return true;
}

static bool
has_status(const struct house_model *model, const struct step *step, const struct decision *decision)
{
    if (step->status == BOOKING_NONE)
        return true;
    if (!id_is_none(step->booking))
        return house_model_booking(model, step->booking)->status == step->status;
    for (size_t i = decision->lapsed_events; i < decision->event_count; i++) {
        const struct event *event = &decision->events[i];
        if (event->state == EVENT_OF_BOOKING && event->from.len == 0 && event->booking->status != step->status)
            return false;
    }
    return true;
}

static bool
try_command(struct explorer *x, size_t node, const struct opened *opened, const struct step *step,
            struct house_model *model, struct decision *ret_decision)
{
    char why[160];
    if (!house_model_run(model, &step->command, &x->arena, ret_decision))
        return tell_broken(x, node, step->text, model->why);
    enum outcome outcome = ret_decision->refusal.outcome;
    x->refused += outcome != OUTCOME_OK;
    if (!step->unjudged && outcome != step->expected) {
        snprintf(why, sizeof(why), "oracle: %s was told, %s is right", outcome_info(outcome)->code.ptr,
                 outcome_info(step->expected)->code.ptr);
        return tell_broken(x, node, step->text, why);
    }
    if (decide_on_all(x, &opened->house, &step->command) != outcome)
        return tell_broken(x, node, step->text, "facts: it is decided differently when everything is known");
    if (!all_placed(ret_decision))
        return tell_broken(x, node, step->text, "I4: who arrives fits, and is told that there is no room");
    if (x->scope.world == NULL && step->command.kind == COMMAND_SWEEP && !is_swept(model, &opened->swept))
        return tell_broken(x, node, step->text, "H2: a sweep leaves something that has lapsed, or takes what has not");
    if (outcome == OUTCOME_OK && !has_status(model, step, ret_decision))
        return tell_broken(x, node, step->text, "oracle: a booking is in another status than is right");
    return true;
}

static bool
tell_other_state(const struct explorer *x, size_t node, const struct step *step, const struct state *is)
{
    char states[2][200], why[480];
    state_tell(is, states[0], sizeof(states[0]));
    state_tell(&step->becomes, states[1], sizeof(states[1]));
    snprintf(why, sizeof(why), "oracle: the house is\n    %s\nand this is right\n    %s", states[0], states[1]);
    return tell_broken(x, node, step->text, why);
}

/* False when the house has more than a state can hold. */
static bool
see_state(const struct explorer *x, const struct house_model *model, struct state *ret_state)
{
    return x->scope.world != NULL ? x->scope.world->from_house(model, ret_state)
                                  : state_from_house(model, !x->scope.desk, ret_state);
}

static size_t
count_of(const struct explorer *x, const struct state *state)
{
    return x->scope.world != NULL ? x->scope.world->count(state) : state_count(state);
}

static bool
try_step(struct explorer *x, size_t node, const struct opened *opened, size_t number)
{
    static struct house_model model;
    const struct step *step = &opened->steps[number];
    struct decision decision = {.change_count = 0};
    struct state state;
    model = opened->house;
    arena_reset(&x->arena);
    x->transitions++;
    if (step->tick)
        model.now_ms += STATE_TICK_MS;
    else if (!try_command(x, node, opened, step, &model, &decision))
        return false;
    bool changed = step->tick || decision.change_count > 0, fits = true;
    const struct explorer_world *world = x->scope.world;
    const char *wrong = world == NULL ? NULL : world->law(&opened->house, &model, step, &decision, &x->arena);
    if (wrong != NULL)
        return tell_broken(x, node, step->text, wrong);
    if (changed)
        fits = see_state(x, &model, &state);
    else
        state = x->nodes[node].state;
    if (fits && step->predicts && memcmp(&state, &step->becomes, sizeof(state)) != 0)
        return tell_other_state(x, node, step, &state);
    if (!fits || count_of(x, &state) > x->scope.objects)
        x->cut++;
    else if (changed)
        reach(x, &state, node, number);
    return true;
}

static bool
walk(struct explorer *x)
{
    static struct opened opened;
    for (size_t node = 0; node < x->node_count; node++) {
        open_state(x, node, &opened);
        const struct explorer_world *world = x->scope.world;
        const char *wrong = world == NULL ? NULL : world->law_of_state(&opened.house, &x->arena);
        if (wrong != NULL)
            return tell_broken(x, node, "as it is", wrong);
        for (size_t i = 0; i < opened.step_count; i++)
            if (!try_step(x, node, &opened, i))
                return false;
    }
    return true;
}

static const struct explorer_world *
find_world(const char *flag)
{
    static const struct explorer_world *const worlds[] = {&explorer_audit,     &explorer_payments,  &explorer_group,
                                                          &explorer_inventory, &explorer_allowance, &explorer_split,
                                                          &explorer_whole};
    for (size_t i = 0; i < sizeof(worlds) / sizeof(worlds[0]); i++)
        if (strcmp(worlds[i]->flag, flag) == 0)
            return worlds[i];
    return NULL;
}

static bool
parse_scope(int argc, char **argv, struct explorer_scope *ret_scope)
{
    const struct {
        const char *name;
        bool *flag;
        bool desk;
    } flags[] = {
        {"--lasting", &ret_scope->lasting, false},   {"--groups", &ret_scope->groups, false},
        {"--approval", &ret_scope->approval, false}, {"--desk", &ret_scope->cleaning, true},
        {"--faults", &ret_scope->faults, true},      {"--ends", &ret_scope->ends, true},
        {"--closures", &ret_scope->closures, true},  {"--guests", &ret_scope->guests, true},
    };
    *ret_scope = (struct explorer_scope){.objects = 2};
    for (int i = 1; i < argc; i++) {
        size_t at = 0, count = sizeof(flags) / sizeof(flags[0]);
        while (at < count && strcmp(argv[i], flags[at].name) != 0)
            at++;
        if (at < count) {
            *flags[at].flag = true;
            ret_scope->desk |= flags[at].desk;
        } else if (find_world(argv[i]) != NULL) {
            ret_scope->world = find_world(argv[i]);
        } else if (strcmp(argv[i], "--objects") == 0 && i + 1 < argc) {
            ret_scope->objects = (size_t)strtoul(argv[++i], NULL, 10);
        } else {
            return false;
        }
    }
    return ret_scope->objects > 0 && ret_scope->objects <= STATE_OBJECTS;
}

int
main(int argc, char **argv)
{
    static struct explorer x;
    struct state nothing = {.rooms = 0};
    if (!parse_scope(argc, argv, &x.scope)) {
        fprintf(stderr,
                "usage: explorer [--objects 1-%d] [--lasting] [--groups] [--approval]\n"
                "       explorer [--objects 1-%d] [--desk] [--faults] [--ends] [--closures] [--guests]\n"
                "       explorer [--objects 1-%d] --audit | --payments | --group-steps | --inventory | --allowance |\n"
                "                                 --split | --whole\n",
                STATE_OBJECTS, STATE_OBJECTS, STATE_OBJECTS);
        return 64;
    }
    arena_init(&x.arena, (size_t)64 << 20);
    if (x.scope.world != NULL)
        x.scope.world->init_house(&x.empty);
    else
        state_init_house(&x.empty);
    x.empty.types[0].needs_approval = x.scope.approval;
    widen(&x);
    reach(&x, &nothing, 0, 0);
    bool held = walk(&x);
    printf("%s: %zu states, %zu transitions (%zu refused, %zu into states beyond %zu objects)\n",
           held ? "all invariants hold" : "broken", x.node_count, x.transitions, x.refused, x.cut, x.scope.objects);
    arena_done(&x.arena);
    free(x.nodes);
    free(x.slots);
    return held ? 0 : 1;
}
