/* A page of things in order of their ids: `items`, and `next` while there are more.
 *
 * The cursor is the last id shown, so that a page goes on where the one before ended whatever has come or gone between.
 * It refuses to read anything: whoever has the things offers each of them in order. For load() functions. */
#ifndef NIGHTLATCH_API_ID_PAGE_H
#define NIGHTLATCH_API_ID_PAGE_H

#include "api/call.h"
#include "util/json_write.h"

enum { ID_PAGE_ITEM = 640 }; /* bytes that an item is reckoned with */

struct id_page {
    struct json_writer writer; /* stands in `items` */
    struct text text;
    struct call *call;
    struct id after, last;
    int64_t left;
    bool more;
};

/* Begins the reply. It must stay where it is until id_page_send(). */
void id_page_begin(struct id_page *list, struct call *call, const struct page *page);

/* Whether this one is on the page: then it is to be written, and nothing else. */
bool id_page_takes(struct id_page *list, struct id id);

/* Ends the call. */
void id_page_send(struct id_page *list);

/* The id after which a page begins; none at the beginning. */
struct id id_page_after(const struct page *page);

#endif
