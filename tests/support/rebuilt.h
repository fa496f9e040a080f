/* The log of a house, folded into a scratch database of its own and compared with what is stored. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_REBUILT_H
#define NIGHTLATCH_TESTS_SUPPORT_REBUILT_H

#include "engine/rebuild.h"

/* Folds the log of `db`; `on_difference` (NULL: each is printed) is told what differs. Fails the test when it can't be
 * done. */
struct rebuild_report rebuilt_compare(struct db *db,
                                      void (*on_difference)(const struct rebuild_difference *difference, void *user),
                                      void *user);

#endif
