/* A time zone file with anything in it: it is refused, or every question has an answer that agrees with itself. */
#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/date.h"
#include "util/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ask(const struct zone *zone)
{
    for (int64_t ms = -4000000000000; ms < 9000000000000; ms += DATE_DAY_MS * 173 + 12345678) {
        struct zone_wall wall = zone_wall_at(zone, ms);
        assert(wall.ms_of_day >= 0 && wall.ms_of_day < DATE_DAY_MS);
        assert((int64_t)wall.date * DATE_DAY_MS + wall.ms_of_day == ms + (int64_t)wall.offset_s * 1000);
        int64_t noon = zone_instant_of(zone, wall.date, 720);
        assert(noon > ms - 3 * DATE_DAY_MS && noon < ms + 3 * DATE_DAY_MS);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("zone", MFD_CLOEXEC);
    assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    char name[16];
    (void)snprintf(name, sizeof(name), "%d", fd);
    struct zone *zone = NULL;
    struct err err = {0};
    enum zone_found found = zone_open("/proc/self/fd", str_from(name), &zone, &err);
    assert(found != ZONE_FAILED || err.kind == ERR_DATA);
    if (found == ZONE_FOUND)
        ask(zone);
    zone_close(zone);
    (void)close(fd);
    return 0;
}
