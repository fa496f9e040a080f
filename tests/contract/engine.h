/* Where the contract suite finds a database of the engine it is linked with, new and without tables.
 *
 * A new engine is a new file that defines `engine`: how to make and remove a database, and the suite's schema in its
 * dialect. It refuses to change what the suite expects: that is the same for all. */
#ifndef NIGHTLATCH_TESTS_CONTRACT_ENGINE_H
#define NIGHTLATCH_TESTS_CONTRACT_ENGINE_H

#include "store/db.h"
#include "tests/support/scratch.h"

/* One database, and what opens it: `settings` has a busy timeout of 0, so that nothing waits. */
struct place {
    struct db_settings settings;
    char url[512];
    struct scratch scratch; /* for engines on files */
    void *own;              /* for whatever else an engine needs */
};

struct engine {
    const char *name;
    bool shared;        /* a second process can open the same database */
    const char *schema; /* a script */
    void (*place_init)(struct place *place);
    void (*place_done)(struct place *place);
};

extern const struct engine engine;

#endif
