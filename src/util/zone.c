/* A TZif file holds the same data twice: with 32-bit times for old readers, which is skipped, and with 64-bit times,
 * followed by the rule for all times after the last listed change. Everything is checked once, when the file is read;
 * after that a zone is a sorted array of changes and a rule. */
#include "util/zone.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/date.h"
#include "util/zone_rule.h"

enum {
    DAY_S = 86400,
    NAME_MAX_LEN = 64,
    FILE_SIZE_MAX = 256 * 1024,
    OFFSET_MAX_S = 26 * 3600, /* RFC 8536 section 3.2: offsets stay well below */
    HEADER_SIZE = 44,
    TYPE_SIZE = 6,
};

struct zone {
    char name[NAME_MAX_LEN + 1];
    int32_t first_offset_s; /* before the first change */
    bool has_rule;          /* without one the last listed offset stays */
    struct zone_rule rule;
    size_t change_count;
    struct zone_change changes[]; /* ascending */
};

/* -- the file -- */

/* What one header counts, in the order of RFC 8536 section 3.1. */
struct counts {
    uint32_t utc_indicators, standard_indicators, leaps, changes, types, name_bytes;
};

static uint64_t
big_endian(const char *bytes, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

static bool
take(struct str *rest, size_t len, const char **ret_bytes)
{
    if (rest->len < len)
        return false;
    *ret_bytes = rest->ptr;
    *rest = (struct str){rest->ptr + len, rest->len - len};
    return true;
}

static bool
take_header(struct str *rest, struct counts *ret_counts)
{
    const char *header;
    if (!take(rest, HEADER_SIZE, &header) || memcmp(header, "TZif", 4) != 0 || header[4] < '2')
        return false;
    uint32_t numbers[6];
    for (size_t i = 0; i < 6; i++) {
        numbers[i] = (uint32_t)big_endian(header + 20 + 4 * i, 4);
        if (numbers[i] > FILE_SIZE_MAX)
            return false;
    }
    *ret_counts = (struct counts){numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]};
    return true;
}

static size_t
data_size(const struct counts *counts, size_t time_size)
{
    return counts->changes * (time_size + 1) + (size_t)counts->types * TYPE_SIZE + counts->name_bytes +
           counts->leaps * (time_size + 4) + counts->standard_indicators + counts->utc_indicators;
}

static bool
type_offset(const char *types, uint32_t count, unsigned char index, int32_t *ret_offset_s)
{
    if (index >= count)
        return false;
    int32_t offset = (int32_t)(uint32_t)big_endian(types + (size_t)index * TYPE_SIZE, 4);
    *ret_offset_s = offset;
    return offset >= -OFFSET_MAX_S && offset <= OFFSET_MAX_S;
}

/* Fills the changes from the block of 64-bit data; what is behind the types is not needed. */
static bool
read_changes(const char *data, const struct counts *counts, struct zone *zone)
{
    const char *indices = data + (size_t)counts->changes * 8;
    const char *types = indices + counts->changes;
    if (counts->leaps != 0 || !type_offset(types, counts->types, 0, &zone->first_offset_s))
        return false;
    for (size_t i = 0; i < counts->changes; i++) {
        struct zone_change *change = &zone->changes[i];
        change->at_s = (int64_t)big_endian(data + 8 * i, 8);
        if (!type_offset(types, counts->types, (unsigned char)indices[i], &change->offset_s))
            return false;
        if (i > 0 && change[-1].at_s >= change->at_s)
            return false;
    }
    return true;
}

/* The rule between two line feeds at the very end; empty when there is none. */
static bool
read_rule(struct str footer, struct zone *zone)
{
    if (footer.len < 2 || footer.ptr[0] != '\n' || footer.ptr[footer.len - 1] != '\n')
        return false;
    struct str text = {footer.ptr + 1, footer.len - 2};
    zone->has_rule = text.len > 0;
    return text.len == 0 || zone_rule_parse(text, &zone->rule);
}

/* NULL when the file is not of the form, or (*ret_memory) when memory is exhausted. */
static struct zone *
parse_file(struct str file, bool *ret_memory)
{
    struct counts counts;
    const char *data;
    *ret_memory = false;
    if (!take_header(&file, &counts) || !take(&file, data_size(&counts, 4), &data) || !take_header(&file, &counts) ||
        !take(&file, data_size(&counts, 8), &data))
        return NULL;
    struct zone *zone = calloc(1, sizeof(*zone) + counts.changes * sizeof(zone->changes[0]));
    if (zone == NULL) {
        *ret_memory = true;
        return NULL;
    }
    zone->change_count = counts.changes;
    if (!read_changes(data, &counts, zone) || !read_rule(file, zone)) {
        free(zone);
        return NULL;
    }
    return zone;
}

/* -- opening -- */

static bool
is_name_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
           c == '-';
}

/* Pieces of letters, digits, "_", "+" and "-", joined by "/": no way out of the directory, and none of the database's
 * own files, whose names have a dot. */
static bool
is_zone_name(struct str name)
{
    static const char *const others[] = {"localtime", "posixrules", "Factory"};
    if (name.len == 0 || name.len > NAME_MAX_LEN || str_starts_with(name, STR("posix/")) ||
        str_starts_with(name, STR("right/")))
        return false;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (str_equal(name, str_from(others[i])))
            return false;
    struct str rest = name;
    while (rest.ptr != NULL) {
        struct str piece = str_split(&rest, '/');
        if (piece.len == 0 || piece.ptr[0] == '-')
            return false;
        for (size_t i = 0; i < piece.len; i++)
            if (!is_name_char(piece.ptr[i]))
                return false;
    }
    return true;
}

/* Reads the whole of an open file; its length, or -1 with errno. */
static ssize_t
read_all(int fd, char *bytes, size_t size)
{
    size_t len = 0;
    while (len < size) {
        ssize_t got = read(fd, bytes + len, size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

static enum zone_found
no_such_file(const char *directory, struct err *err)
{
    struct stat status;
    if (stat(directory, &status) == 0)
        return ZONE_UNKNOWN;
    err_set(err, ERR_NO_INPUT, "no time zone database at %s (it comes with tzdata)", directory);
    return ZONE_FAILED;
}

static enum zone_found
load(int fd, const char *path, struct zone **ret_zone, struct err *err)
{
    static const size_t size = FILE_SIZE_MAX;
    char *bytes = malloc(size);
    if (bytes == NULL) {
        err_set(err, ERR_MEMORY, "no memory to read %s", path);
        return ZONE_FAILED;
    }
    enum zone_found found = ZONE_FAILED;
    bool no_memory = false;
    ssize_t len = read_all(fd, bytes, size);
    if (len < 0) {
        err_set(err, ERR_IO, "%s can't be read: %s", path, strerror(errno));
    } else if (len < 4 || memcmp(bytes, "TZif", 4) != 0) {
        found = ZONE_UNKNOWN;
    } else if ((*ret_zone = parse_file(str_of(bytes, (size_t)len), &no_memory)) == NULL) {
        err_set(err, no_memory ? ERR_MEMORY : ERR_DATA, no_memory ? "no memory for %s" : "%s is damaged", path);
    } else {
        found = ZONE_FOUND;
    }
    free(bytes);
    return found;
}

enum zone_found
zone_open(const char *directory, struct str name, struct zone **ret_zone, struct err *err)
{
    if (!is_zone_name(name))
        return ZONE_UNKNOWN;
    char path[4096];
    int len = snprintf(path, sizeof(path), "%s/%.*s", directory, STR_ARG(name));
    if (len < 0 || (size_t)len >= sizeof(path)) {
        err_set(err, ERR_CONFIG, "the path of the time zone database is too long");
        return ZONE_FAILED;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return no_such_file(directory, err);
    if (fd < 0) {
        err_set(err, ERR_IO, "%s can't be opened: %s", path, strerror(errno));
        return ZONE_FAILED;
    }
    struct stat status;
    bool is_file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    enum zone_found found = is_file ? load(fd, path, ret_zone, err) : ZONE_UNKNOWN;
    (void)close(fd);
    if (found == ZONE_FOUND)
        memcpy((*ret_zone)->name, name.ptr, name.len);
    return found;
}

void
zone_close(struct zone *zone)
{
    free(zone);
}

struct str
zone_name(const struct zone *zone)
{
    return str_from(zone->name);
}

/* -- asking -- */

/* The number of listed changes at or before `at_s`. */
static size_t
count_before(const struct zone *zone, int64_t at_s)
{
    size_t low = 0, high = zone->change_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].at_s <= at_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t
offset_at(const struct zone *zone, int64_t at_s)
{
    size_t count = count_before(zone, at_s);
    if (count < zone->change_count || !zone->has_rule)
        return count == 0 ? zone->first_offset_s : zone->changes[count - 1].offset_s;
    struct zone_change change;
    return zone_rule_change_before(&zone->rule, at_s, &change) ? change.offset_s : zone->rule.standard_s;
}

/* The first change after `at_s`; false when there is none any more. */
static bool
change_after(const struct zone *zone, int64_t at_s, struct zone_change *ret_change)
{
    size_t count = count_before(zone, at_s);
    if (count < zone->change_count) {
        *ret_change = zone->changes[count];
        return true;
    }
    return zone->has_rule && zone_rule_change_after(&zone->rule, at_s, ret_change);
}

static int64_t
floor_divide(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0 ? 1 : 0);
}

struct zone_wall
zone_wall_at(const struct zone *zone, int64_t instant_ms)
{
    int32_t offset_s = offset_at(zone, floor_divide(instant_ms, 1000));
    int64_t local_ms = instant_ms + (int64_t)offset_s * 1000;
    int64_t date = floor_divide(local_ms, DATE_DAY_MS);
    return (struct zone_wall){
        .date = (int32_t)date, .ms_of_day = (int32_t)(local_ms - date * DATE_DAY_MS), .offset_s = offset_s};
}

int32_t
zone_local_date(const struct zone *zone, int64_t instant_ms)
{
    return zone_wall_at(zone, instant_ms).date;
}

int32_t
zone_offset_s(const struct zone *zone, int64_t instant_ms)
{
    return zone_wall_at(zone, instant_ms).offset_s;
}

int64_t
zone_instant_of(const struct zone *zone, int32_t date, int32_t minutes)
{
    assert(minutes >= 0 && minutes <= 24 * 60);
    int64_t local_s = (int64_t)date * DAY_S + (int64_t)minutes * 60;
    /* walk the stretches of constant offset from one that is surely too early */
    int64_t since_s = local_s - OFFSET_MAX_S - DAY_S;
    int32_t offset_s = offset_at(zone, since_s);
    struct zone_change next;
    while (change_after(zone, since_s, &next) && local_s - offset_s >= next.at_s) {
        if (local_s - next.offset_s < next.at_s)
            break; /* neither in the stretch before the change nor in the one after: the change leaves it out */
        since_s = next.at_s;
        offset_s = next.offset_s;
    }
    return (local_s - offset_s) * 1000;
}

/* -- the cache -- */

struct cache_entry {
    struct cache_entry *next;
    struct zone *zone;
};

struct zone_cache {
    pthread_mutex_t mutex; /* guards the list; an entry never changes once it is in */
    struct cache_entry *entries;
    char directory[];
};

struct zone_cache *
zone_cache_new(const char *directory)
{
    size_t size = strlen(directory) + 1;
    struct zone_cache *cache = calloc(1, sizeof(*cache) + size);
    if (cache == NULL)
        return NULL;
    memcpy(cache->directory, directory, size);
    if (pthread_mutex_init(&cache->mutex, NULL) != 0) {
        free(cache);
        return NULL;
    }
    return cache;
}

void
zone_cache_free(struct zone_cache *cache)
{
    if (cache == NULL)
        return;
    while (cache->entries != NULL) {
        struct cache_entry *next = cache->entries->next;
        zone_close(cache->entries->zone);
        free(cache->entries);
        cache->entries = next;
    }
    (void)pthread_mutex_destroy(&cache->mutex);
    free(cache);
}

/* With the mutex held. */
static enum zone_found
add_entry(struct zone_cache *cache, struct str name, const struct zone **ret_zone, struct err *err)
{
    struct cache_entry *entry = calloc(1, sizeof(*entry));
    if (entry == NULL) {
        err_set(err, ERR_MEMORY, "no memory for a time zone");
        return ZONE_FAILED;
    }
    enum zone_found found = zone_open(cache->directory, name, &entry->zone, err);
    if (found != ZONE_FOUND) {
        free(entry);
        return found;
    }
    entry->next = cache->entries;
    cache->entries = entry;
    *ret_zone = entry->zone;
    return ZONE_FOUND;
}

enum zone_found
zone_cache_get(struct zone_cache *cache, struct str name, const struct zone **ret_zone, struct err *err)
{
    (void)pthread_mutex_lock(&cache->mutex);
    struct cache_entry *entry = cache->entries;
    while (entry != NULL && !str_equal(zone_name(entry->zone), name))
        entry = entry->next;
    enum zone_found found = ZONE_FOUND;
    if (entry != NULL)
        *ret_zone = entry->zone;
    else
        found = add_entry(cache, name, ret_zone, err);
    (void)pthread_mutex_unlock(&cache->mutex);
    return found;
}
