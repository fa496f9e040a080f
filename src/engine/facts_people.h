/* Loads what a decision about people may look at. */
#ifndef NIGHTLATCH_ENGINE_FACTS_PEOPLE_H
#define NIGHTLATCH_ENGINE_FACTS_PEOPLE_H

#include "engine/facts_load.h"

/* Fills *ret_people for a command on people, leaves it empty for every other. DB_OK or how reading failed. */
enum db_status facts_load_people(const struct facts_load *load, struct people *ret_people) STORE_CHECKED;

#endif
