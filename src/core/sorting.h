/* Sorting numbers that stand for something, without taking memory: libc's qsort() may take some, and keeps no order.
 */
#ifndef NIGHTLATCH_CORE_SORTING_H
#define NIGHTLATCH_CORE_SORTING_H

#include <stddef.h>
#include <stdint.h>

/* Less than 0 when what `a` stands for comes first, more when what `b` does, 0 when their numbers decide. */
typedef int (*sorting_order)(const void *context, uint32_t a, uint32_t b);

/* In O(n log n). `scratch` has room for `count` numbers too. */
void sorting_sort(uint32_t *numbers, uint32_t *scratch, uint32_t count, sorting_order order, const void *context);

#endif
