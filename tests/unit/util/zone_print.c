/* Answers questions about time zones for zone_compare.py, one per line of standard input:
 * "o ZONE INSTANT_MS" prints the offset in seconds, "i ZONE DATE MINUTES" the instant in milliseconds, "?" unknown. */
#include <stdio.h>
#include <string.h>

#include "util/zone.h"

int
main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    struct zone_cache *cache = zone_cache_new(argv[1]);
    char kind, name[100];
    long long first, second;
    while (cache != NULL && scanf(" %c %99s %lld %lld", &kind, name, &first, &second) == 4) {
        const struct zone *zone = NULL;
        struct err err = {0};
        enum zone_found found = zone_cache_get(cache, str_from(name), &zone, &err);
        if (found == ZONE_FAILED) {
            fprintf(stderr, "%s: %s\n", name, err.message);
            break;
        }
        if (found == ZONE_UNKNOWN)
            puts("?");
        else if (kind == 'o')
            printf("%d\n", zone_offset_s(zone, first));
        else
            printf("%lld\n", (long long)zone_instant_of(zone, (int32_t)first, (int32_t)second));
    }
    zone_cache_free(cache);
    return 0;
}
