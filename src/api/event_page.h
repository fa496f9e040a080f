/* Pages of the log: events in order of seq, `next` the last one's seq as a plain number to go on after. For load()
 * functions. */
#ifndef NIGHTLATCH_API_EVENT_PAGE_H
#define NIGHTLATCH_API_EVENT_PAGE_H

#include "api/call.h"

/* Where a page of events begins and how long it is; set by event_shape_page() and event_shape_list(). */
struct event_page {
    int64_t after; /* seq */
    int64_t limit;
};

/* Ends the call with the events of one subject. */
void event_load_of_subject(struct call *call, struct reader *reader, struct id subject);

#endif
