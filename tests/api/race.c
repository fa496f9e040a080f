/* Who was first is told by the server: by what it refused, and by the places in its log. */
#include "tests/api/race.h"

#include <poll.h>

#include "tests/unit/test.h"

bool
race_goes_on(struct race *race)
{
    if (race->rounds < RACE_ROUNDS)
        return true;
    print_message("# %s: the first of them came first %d times of %d\n", race->name, race->firsts[0], race->rounds);
    assert_true(race->firsts[0] > 0 && race->firsts[1] > 0);
    return false;
}

void
race_await_answer(int fd)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&readable, 1, 60000), 1);
}

static int
send_one(const struct race *race, int which)
{
    struct ask ask = race->asks[which];
    if (ask.token == NULL)
        ask.token = world->owner;
    return world_send(world, &ask);
}

void
race_meet(struct race *race)
{
    int ahead = race->rounds % 2, lead = race->rounds / 2 % (RACE_LEADS + 1), fds[2];
    fds[ahead] = send_one(race, ahead);
    for (int i = 0; i < lead; i++)
        (void)world_get(world, "/v1/properties/%s", house.property);
    if (lead == RACE_LEADS)
        race_await_answer(fds[ahead]);
    fds[1 - ahead] = send_one(race, 1 - ahead);
    for (int i = 0; i < 2; i++) {
        race->answers[i] = world_receive(world, fds[i], false);
        world_hang_up(fds[i]);
    }
}

void
race_note(struct race *race, int first)
{
    race->rounds++;
    race->firsts[first]++;
}

int
race_run(struct race *race)
{
    race_meet(race);
    bool refused[2] = {race->answers[0].status >= 300, race->answers[1].status >= 300};
    if (refused[0] && refused[1])
        fail_msg("both were refused: %s %s", race->answers[0].body.ptr, race->answers[1].body.ptr);
    int first = refused[0] ? 1 : 0;
    if (!refused[0] && !refused[1])
        first = answer_number(&race->answers[0], "seq") < answer_number(&race->answers[1], "seq") ? 0 : 1;
    race_note(race, first);
    return first;
}
