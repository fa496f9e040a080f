/* usage: late_house DATABASE
 *
 * Makes a database with a house of 1,000 rooms whose business date is yesterday, to be closed by hand. Each room has a
 * booking that the audit finds, and twenty of them are of guests who should have left the day before: nobody can be
 * made to over the interface, whose clock is the machine's. Prints the id of the property. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/bench_house.h"

int
main(int argc, char **argv)
{
    static struct bench_house house;
    struct err err;
    if (argc != 2)
        return EXIT_FAILURE;
    const struct bench_house_settings settings = {
        .path = argv[1], .properties = 1, .types_each = 20, .rooms_each = 50, .residents = 1000};
    if (!bench_house_make(&settings, &house, &err)) {
        (void)fprintf(stderr, "late_house: %s\n", err.message);
        return EXIT_FAILURE;
    }
    puts(house.property[0]);
    return EXIT_SUCCESS;
}
