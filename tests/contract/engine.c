/* The engines that the contract suite knows. */
#include "tests/contract/engine.h"

#include <stdio.h>
#include <string.h>

static const char sqlite_schema[] =
    "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> 'refused'), payload BLOB UNIQUE,"
    "                   amount INTEGER) STRICT;"
    "CREATE TABLE part (id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES item (id)) STRICT;"
    "CREATE TRIGGER item_guard BEFORE INSERT ON item WHEN NEW.amount = 13"
    " BEGIN SELECT RAISE(ABORT, 'guarded'); END;";

static void
sqlite_place_init(struct place *place)
{
    *place = (struct place){.settings = DB_SETTINGS_DEFAULT};
    scratch_init(&place->scratch);
    (void)snprintf(place->url, sizeof(place->url), "sqlite:%s/contract.db", place->scratch.path);
    place->settings.url = place->url;
    place->settings.busy_timeout_ms = 0;
}

static void
sqlite_place_done(struct place *place)
{
    scratch_done(&place->scratch);
}

static const struct engine engines[] = {
    {"sqlite", true, sqlite_schema, sqlite_place_init, sqlite_place_done},
};

const struct engine *
engine_find(const char *name)
{
    for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
        if (strcmp(engines[i].name, name) == 0)
            return &engines[i];
    }
    return NULL;
}
