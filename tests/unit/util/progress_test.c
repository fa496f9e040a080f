/* The progress bar: silent where nobody looks, drawn at the clock's pace on a terminal. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tests/support/test_clock.h"
#include "util/progress.h"

struct fixture {
    struct test_clock clock;
    struct progress progress;
    int screen, terminal; /* the two ends of a pseudo-terminal */
    char shown[4096];
};

static int
set_up(void **state)
{
    static struct fixture fixture;
    test_clock_init(&fixture.clock, 0);
    fixture.screen = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(fixture.screen >= 0 && grantpt(fixture.screen) == 0 && unlockpt(fixture.screen) == 0);
    fixture.terminal = open(ptsname(fixture.screen), O_RDWR | O_NOCTTY);
    assert_true(fixture.terminal >= 0);
    struct termios modes;
    assert_int_equal(tcgetattr(fixture.terminal, &modes), 0);
    cfmakeraw(&modes);
    assert_int_equal(tcsetattr(fixture.terminal, TCSANOW, &modes), 0);
    *state = &fixture;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    close(f->terminal);
    close(f->screen);
    return 0;
}

/* What has been drawn since the last call; blanks at its end are left out. A terminal hands on what is written to it by
 * and by: a mark behind it tells that all of it is here. */
static const char *
drawn(struct fixture *f)
{
    static const char mark = '\x01';
    ssize_t len = 0;
    assert_int_equal(write(f->terminal, &mark, 1), 1);
    while (len == 0 || f->shown[len - 1] != mark) {
        ssize_t more = read(f->screen, f->shown + len, sizeof(f->shown) - 1 - (size_t)len);
        assert_true(more > 0);
        len += more;
    }
    len--;
    assert_true(len <= 80);
    while (len > 0 && f->shown[len - 1] == ' ')
        len--;
    f->shown[len] = '\0';
    return f->shown;
}

static void
it_is_drawn_at_most_ten_times_a_second(void **state)
{
    struct fixture *f = *state;
    progress_init(&f->progress, f->terminal, &f->clock.clock, "restoring", 200);
    progress_set(&f->progress, 1);
    assert_string_equal(drawn(f), "");
    test_clock_advance_ms(&f->clock, 99);
    progress_set(&f->progress, 2);
    assert_string_equal(drawn(f), "");
    test_clock_advance_ms(&f->clock, 1);
    progress_set(&f->progress, 50);
    assert_string_equal(drawn(f), "\rrestoring [######..................]  25 %");
    progress_set(&f->progress, 51);
    assert_string_equal(drawn(f), "");
    test_clock_advance_ms(&f->clock, 1900);
    progress_set(&f->progress, 100);
    assert_string_equal(drawn(f), "\rrestoring [############............]  50 %  2 s left");
    progress_set(&f->progress, 200);
    progress_done(&f->progress);
    const char *last = drawn(f), *expected = "\rrestoring [########################] 100 %";
    assert_memory_equal(last, expected, strlen(expected));
    assert_int_equal(strlen(last), 80);
    assert_int_equal(last[79], '\n');
}

static void
work_of_unknown_length_is_counted(void **state)
{
    struct fixture *f = *state;
    progress_init(&f->progress, f->terminal, &f->clock.clock, "reading", 0);
    test_clock_advance_ms(&f->clock, 100);
    progress_set(&f->progress, 12345);
    assert_string_equal(drawn(f), "\rreading 12345");
}

static void
short_work_shows_nothing(void **state)
{
    struct fixture *f = *state;
    progress_init(&f->progress, f->terminal, &f->clock.clock, "restoring", 3);
    progress_set(&f->progress, 3);
    progress_done(&f->progress);
    assert_string_equal(drawn(f), "");
}

static void
extremes_stay_within_the_line(void **state)
{
    struct fixture *f = *state;
    progress_init(&f->progress, f->terminal, &f->clock.clock, "a label that is longer than twenty-four columns",
                  INT64_MAX);
    test_clock_advance_ms(&f->clock, 3600000);
    progress_set(&f->progress, 1);
    assert_string_equal(drawn(f), "\ra label that is longer t [........................]   0 %");
    test_clock_advance_ms(&f->clock, 100);
    progress_set(&f->progress, INT64_MAX);
    assert_string_equal(drawn(f), "\ra label that is longer t [########################] 100 %");
}

static void
a_pipe_stays_clean(void **state)
{
    struct fixture *f = *state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    progress_init(&f->progress, ends[1], &f->clock.clock, "restoring", 10);
    test_clock_advance_ms(&f->clock, 1000);
    progress_set(&f->progress, 5);
    progress_done(&f->progress);
    char byte;
    assert_int_equal(read(ends[0], &byte, 1), -1);
    close(ends[0]);
    close(ends[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_drawn_at_most_ten_times_a_second),
        TEST(work_of_unknown_length_is_counted),
        TEST(short_work_shows_nothing),
        TEST(extremes_stay_within_the_line),
        TEST(a_pipe_stays_clean),
    };
    return test_run("util/progress", tests);
}
