/* The hotel of the demo: its rooms, who is booked, who is in the house, and what is going on in the rooms. */
#ifndef NIGHTLATCH_CMD_DEMO_HOTEL_H
#define NIGHTLATCH_CMD_DEMO_HOTEL_H

#include "cmd/demo_part.h"

enum { DEMO_HOTEL_TYPES = 5, DEMO_HOTEL_ROOMS = 66 };

struct demo_hotel {
    struct demo_house *house;
    struct id types[DEMO_HOTEL_TYPES];
    struct id rooms[DEMO_HOTEL_ROOMS];
    size_t type_of[DEMO_HOTEL_ROOMS]; /* each room's, by its place among the types */
    size_t room_count;
};

/* Makes it and fills it with guests. False with demo->err. */
bool demo_hotel_make(struct demo *demo, struct demo_house *house, struct demo_hotel *ret_hotel)
    __attribute__((warn_unused_result));

/* Says who cleans what, once there are people. */
void demo_hotel_give_rooms(struct demo *demo, const struct demo_hotel *hotel);

#endif
