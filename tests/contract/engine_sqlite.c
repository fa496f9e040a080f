/* SQLite on real files. */
#include <stdio.h>

#include "tests/contract/engine.h"
#include "tests/contract/schema_sqlite.h"

static void
place_init(struct place *place)
{
    *place = (struct place){.settings = DB_SETTINGS_DEFAULT};
    scratch_init(&place->scratch);
    (void)snprintf(place->url, sizeof(place->url), "sqlite:%s/contract.db", place->scratch.path);
    place->settings.url = place->url;
    place->settings.busy_timeout_ms = 0;
}

static void
place_done(struct place *place)
{
    scratch_done(&place->scratch);
}

const struct engine engine = {"sqlite", true, SCHEMA_SQLITE, place_init, place_done};
