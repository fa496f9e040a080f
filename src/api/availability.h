/* What is free, night by night, as a booking that came now would find it.
 *
 * Holds and bookings whose time is over still stand in the counters until somebody is in their way; here they are taken
 * out, so that nobody is told "sold out" for what they could have. It refuses to place anything into rooms. For load()
 * functions. */
#ifndef NIGHTLATCH_API_AVAILABILITY_H
#define NIGHTLATCH_API_AVAILABILITY_H

#include "api/reader_pool.h"
#include "util/json_write.h"

struct availability_asked {
    uint32_t property;
    int32_t from, until; /* dates, half-open */
    int32_t today;       /* the business date: what is before it can't be had */
    int64_t now_ms;
    bool any_lapsed; /* something of the property has expires_at <= now and still stands in the counters */
};

/* Fills `today` and `any_lapsed`. */
enum db_status availability_begin(struct reader *reader, const struct house_entry *house,
                                  struct availability_asked *asked) STORE_CHECKED;

/* The nights of a type, one for each date of the range in order, without what has lapsed; a date that is not on sale
 * has no units. */
enum db_status availability_nights(struct reader *reader, const struct availability_asked *asked,
                                   const struct room_type *type, struct arena *arena,
                                   struct night **ret_nights) STORE_CHECKED;

/* Units that could be had; none on a date that is past. */
int32_t availability_free(const struct availability_asked *asked, const struct night *night);

/* {"date":...,"units":...,"closed":...,"sold":...,"held":...,"allowance":...,"free":...} */
void availability_write_night(struct json_writer *writer, const struct availability_asked *asked,
                              const struct night *night);

/* When what was read becomes wrong without anybody writing: something expires, or the business date moves on. */
enum db_status availability_until(struct reader *reader, const struct house_entry *house,
                                  const struct availability_asked *asked, int64_t *ret_until_ms) STORE_CHECKED;

#endif
