/* Files that are part of the program: this interface as a document, and pages for people. Everything here runs on the
 * network thread, from memory. */
#include "api/api_intern.h"
#include "api/assets.h"
#include "api/handlers.h"
#include "api/reply.h"

static void
send_asset(struct call *call, const struct asset *asset)
{
    reply_send(call, &(struct reply){.status = 200,
                                     .type = str_from(asset->type),
                                     .body = str_of(asset->bytes, asset->len),
                                     .cacheable = true});
}

/* Whoever opens the bare address is led to what there is to read. */
void
page_load_front(struct call *call, struct reader *reader)
{
    (void)reader;
    reply_send(call, &(struct reply){.status = 303, .location = STR("/docs"), .body = STR("{}")});
}

void
page_load_openapi(struct call *call, struct reader *reader)
{
    (void)reader;
    send_asset(call, &asset_openapi);
}

void
page_load_docs(struct call *call, struct reader *reader)
{
    (void)reader;
    send_asset(call, &asset_docs);
}

void
page_load_docs_style(struct call *call, struct reader *reader)
{
    (void)reader;
    send_asset(call, &asset_docs_style);
}

/* Where the link of a booking leads. */
void
page_load_booking(struct call *call, struct reader *reader)
{
    (void)reader;
    send_asset(call, &asset_booking);
}

void
page_load_booking_style(struct call *call, struct reader *reader)
{
    (void)reader;
    send_asset(call, &asset_booking_style);
}

void
page_load_booking_script(struct call *call, struct reader *reader)
{
    (void)reader;
    send_asset(call, &asset_booking_script);
}

/* One page for every link with a secret: it goes by its own address. */
void
page_load_link(struct call *call, struct reader *reader)
{
    (void)reader;
    send_asset(call, &asset_link);
}

void
page_load_link_style(struct call *call, struct reader *reader)
{
    (void)reader;
    send_asset(call, &asset_link_style);
}

void
page_load_link_script(struct call *call, struct reader *reader)
{
    (void)reader;
    send_asset(call, &asset_link_script);
}
