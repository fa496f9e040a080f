/* Two requests at the same moment, each on a connection of its own, over and over, until each of them came first.
 *
 *   struct race race = {.name = "a check-in and a cancellation"};
 *   while (race_goes_on(&race)) {
 *       race.asks[0] = ...; race.asks[1] = ...;
 *       int first = race_run(&race);
 *       ... race.answers ...
 *   }
 *
 * Every other round the second is sent first, and the head start is another one every two rounds: none, and nobody
 * knows what comes first; a few requests that are answered in between; up to the answer to the first itself. So both
 * orders come up however few processors there are. It refuses to end with one of them never seen. */
#ifndef NIGHTLATCH_TESTS_API_RACE_H
#define NIGHTLATCH_TESTS_API_RACE_H

#include "tests/api/fixture.h"

enum { RACE_ROUNDS = 50, RACE_LEADS = 4 };

struct race {
    const char *name;
    struct ask asks[2]; /* of this round; without a token they are the owner's */
    struct answer answers[2];
    int rounds;    /* so far */
    int firsts[2]; /* how often each of them came first */
};

/* Is there one more round of RACE_ROUNDS? Fails the test at the end when one of the two orders was not seen. */
bool race_goes_on(struct race *race);

/* Sends both, the second with this round's delay, and waits for both answers. */
void race_meet(struct race *race);

/* Counts the round, of which this one came first: 0 or 1. */
void race_note(struct race *race, int first);

/* Both of these, for a pair whose second may be refused because of the first, and never the first: the one that was
 * refused was the second, and of two that were not the second has the larger `seq`. Returns the first. */
int race_run(struct race *race);

/* Waits until there is an answer on this connection, and leaves it there. */
void race_await_answer(int fd);

#endif
