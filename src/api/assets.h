/* Files that are part of the program: the interface as a document, and pages for people. Built by tools/embed. */
#ifndef NIGHTLATCH_API_ASSETS_H
#define NIGHTLATCH_API_ASSETS_H

#include <stddef.h>

struct asset {
    const char *type; /* Content-Type */
    const char *bytes;
    size_t len;
};

extern const struct asset asset_openapi;
extern const struct asset asset_docs;
extern const struct asset asset_docs_style;
extern const struct asset asset_booking;
extern const struct asset asset_booking_style;
extern const struct asset asset_booking_script;
extern const struct asset asset_link;
extern const struct asset asset_link_style;
extern const struct asset asset_link_script;

#endif
