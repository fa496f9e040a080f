/* SQLite on the simulated disk, unbroken: if the contract suite holds there too, locks and shared memory of the
 * simulation are good enough for everything else that runs on it. */
#include "tests/contract/engine.h"
#include "tests/contract/schema_sqlite.h"
#include "tests/sim/fault_vfs.h"

static void
place_init(struct place *place)
{
    struct fault_disk *disk = fault_disk_new();
    *place = (struct place){.settings = DB_SETTINGS_DEFAULT, .own = disk};
    place->settings.url = "sqlite:contract.db";
    place->settings.vfs = fault_disk_vfs(disk);
    place->settings.busy_timeout_ms = 0;
}

static void
place_done(struct place *place)
{
    fault_disk_free(place->own);
}

const struct engine engine = {"sqlite-fault", false, SCHEMA_SQLITE, place_init, place_done};
