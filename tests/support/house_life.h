/* Random lives of a house: the next thing that somebody might do in it.
 *
 * Whatever a house model has (types, rooms, bookings, holds, ended or not) is what commands are made of, with a bias
 * towards what meets something else. The same seed on the same model gives the same command. It refuses to run them. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_HOUSE_LIFE_H
#define NIGHTLATCH_TESTS_SUPPORT_HOUSE_LIFE_H

#include "tests/support/house_model.h"

enum {
    LIFE_WORDS = 512, /* names of a provider's events and payments, of one life */
    LIFE_WORD = 12,
    LIFE_BATCH = 3,
};

struct house_life {
    const struct house_model *model; /* borrowed */
    uint64_t seed;                   /* not 0; moves on with every use */
    struct leg legs[3];              /* of the latest command */
    struct id closed[2];             /* the rooms that it closes */
    char guest[32];                  /* the name of another guest in it, which no booking had before */
    int guests;                      /* how many such there were */
    uint64_t links;                  /* how many links were asked for */
    struct booking_step steps[LIFE_BATCH];
    char words[LIFE_WORDS][LIFE_WORD]; /* what a provider said, which the model keeps */
    int word_count;
};

/* 0 to count - 1. */
int house_life_pick(struct house_life *life, int count);

/* Three of the staff, of whom two are the same, and two bookers. */
struct actor house_life_actor(struct house_life *life);

/* A command on bookings, holds, money, rooms that are closed or cleaned; its legs are in the life and stay until the
 * next. When the model is nearly full it is a cancellation. */
struct command house_life_command(struct house_life *life);

/* A command of those that house_life_command() has not: on guests themselves, on links and by them, on nights. */
struct command house_life_seldom(struct house_life *life);

/* A later price for guests who have left; of another booking where none of theirs is found soon. */
struct command house_life_late_price(struct house_life *life, struct actor actor);

/* Drops rows that have ended from a model that has many; some are kept, to be named by mistake. */
void house_life_forget(struct house_model *model);

#endif
