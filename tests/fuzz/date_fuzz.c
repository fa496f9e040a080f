/* Dates and instants from a request: what is accepted has one meaning and one written form, and writing any value and
 * reading it again gives the value. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "core/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_date(struct str text)
{
    int32_t date;
    char written[DATE_TEXT_SIZE];
    if (!date_parse(text, &date))
        return;
    assert(date_in_range(date));
    date_format(date, written);
    assert(str_equal(text, str_from(written)));
}

/* The written form need not be the one that was read (offset, zeros in the fraction), but means the same, and keeps the
 * date and time of day as they were where the offset is Z. */
static void
check_instant(struct str text)
{
    int64_t ms, again;
    char written[INSTANT_TEXT_SIZE];
    if (!instant_parse(text, &ms))
        return;
    assert(instant_in_range(ms));
    instant_format(ms, written);
    assert(instant_parse(str_from(written), &again) && again == ms);
    if (text.ptr[text.len - 1] == 'Z')
        assert(memcmp(text.ptr, written, strlen("2026-11-22T10:00:00")) == 0);
    else
        assert(text.ptr[text.len - 3] == ':');
}

static void
check_value(uint64_t bits)
{
    int64_t range = INSTANT_MAX - INSTANT_MIN + 1, again;
    int64_t ms = INSTANT_MIN + (int64_t)(bits % (uint64_t)range);
    char written[INSTANT_TEXT_SIZE];
    instant_format(ms, written);
    assert(instant_parse(str_from(written), &again) && again == ms);
    check_date(str_of(written, DATE_TEXT_LEN));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t bits = 0;
    memcpy(&bits, data, size < sizeof(bits) ? size : sizeof(bits));
    check_date(str_of(data, size));
    check_instant(str_of(data, size));
    check_value(bits);
    return 0;
}
