/* Merge sort from below, between the numbers and the scratch; copied back where it ends in the scratch. */
#include "core/sorting.h"

#include <stdbool.h>
#include <string.h>

void
sorting_sort(uint32_t *numbers, uint32_t *scratch, uint32_t count, sorting_order order, const void *context)
{
    uint32_t *from = numbers, *to = scratch;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = low + width < count ? low + width : count;
            size_t high = middle + width < count ? middle + width : count;
            size_t a = low, b = middle;
            for (size_t k = low; k < high; k++) {
                int compared = a < middle && b < high ? order(context, from[a], from[b]) : 0;
                bool left = a < middle && (b == high || compared < 0 || (compared == 0 && from[a] < from[b]));
                to[k] = left ? from[a++] : from[b++];
            }
        }
        uint32_t *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != numbers)
        memcpy(numbers, from, count * sizeof(*numbers));
}
