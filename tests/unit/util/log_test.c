/* The program's log: exact lines in both formats, nothing breaks a line, nothing waits, whole lines from many threads.
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/test_clock.h"
#include "util/log.h"

struct fixture {
    struct test_clock clock;
    struct log log;
    int pipe[2];
    char read[1 << 16];
    size_t read_len;
};

static int
set_up(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){.read_len = 0};
    test_clock_init(&fixture.clock, 1000);
    assert_int_equal(pipe2(fixture.pipe, O_CLOEXEC), 0);
    assert_true(fcntl(fixture.pipe[0], F_SETFL, O_NONBLOCK) == 0);
    log_init(&fixture.log, fixture.pipe[1], LOG_FORMAT_TEXT, LOG_INFO, &fixture.clock.clock);
    *state = &fixture;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    log_done(&f->log);
    close(f->pipe[0]);
    close(f->pipe[1]);
    return 0;
}

/* What has been written since the last call. */
static struct str
drain(struct fixture *f)
{
    f->read_len = 0;
    ssize_t got;
    while ((got = read(f->pipe[0], f->read + f->read_len, sizeof(f->read) - f->read_len)) > 0)
        f->read_len += (size_t)got;
    return str_of(f->read, f->read_len);
}

static void
assert_drained(struct fixture *f, const char *expected)
{
    struct str got = drain(f);
    if (!str_equal(got, str_from(expected)))
        fail_msg("written: %.*s", STR_ARG(got));
}

static void
a_line_of_text_is_pairs(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    err_set(&err, ERR_IO, "disk \"a\" is full");
    log_line(&f->log, LOG_INFO, "holds ended", LOG_I64("count", -3), LOG_STR("reason", STR("expired")),
             LOG_BOOL("late", true), LOG_INSTANT("until", 1001), LOG_CSTR("empty", ""), LOG_CSTR("eq", "a=b"),
             LOG_ERR(&err), LOG_ID("none", ID_ROOM, 1, ID_NONE));
    assert_drained(f,
                   "at=1970-01-01T00:00:01Z level=info message=\"holds ended\" count=-3 reason=expired late=true "
                   "until=1970-01-01T00:00:01.001Z empty=\"\" eq=\"a=b\" error=\"disk \\\"a\\\" is full\" none=null\n");
    log_line(&f->log, LOG_ERROR, "stopped", LOG_END);
    assert_drained(f, "at=1970-01-01T00:00:01Z level=error message=stopped\n");
}

static void
a_line_of_json_is_an_object(void **state)
{
    struct fixture *f = *state;
    f->log.format = LOG_FORMAT_JSON;
    struct id id = id_make(1, (const unsigned char[ID_RANDOM_BYTES]){7});
    char id_text[ID_TEXT_SIZE], expected[256];
    id_format(ID_ROOM, 3, id, id_text);
    log_line(&f->log, LOG_WARNING, "say \"hi\"", LOG_I64("n", INT64_MIN), LOG_BOOL("b", false),
             LOG_CSTR("s", "a\nb\x7f"), LOG_ID("room", ID_ROOM, 3, id), LOG_ID("none", ID_ROOM, 3, ID_NONE));
    (void)snprintf(expected, sizeof(expected),
                   "{\"at\":\"1970-01-01T00:00:01Z\",\"level\":\"warning\",\"message\":\"say \\\"hi\\\"\","
                   "\"n\":-9223372036854775808,\"b\":false,\"s\":\"a\\nb\\u007f\",\"room\":\"%s\",\"none\":null}\n",
                   id_text);
    assert_drained(f, expected);
}

static void
lines_below_the_level_are_not_written(void **state)
{
    struct fixture *f = *state;
    log_line(&f->log, LOG_DEBUG, "quiet", LOG_END);
    assert_int_equal(drain(f).len, 0);
    f->log.level = LOG_DEBUG;
    log_line(&f->log, LOG_DEBUG, "loud", LOG_END);
    assert_true(drain(f).len > 0);
}

static void
no_byte_breaks_a_line_or_steers_a_terminal(void **state)
{
    struct fixture *f = *state;
    for (int format = 0; format < 2; format++) {
        f->log.format = format == 0 ? LOG_FORMAT_TEXT : LOG_FORMAT_JSON;
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second += 5) {
                char bytes[] = {'a', (char)first, (char)second, 'b'};
                log_line(&f->log, LOG_INFO, "m", LOG_STR("v", str_of(bytes, sizeof(bytes))));
                struct str line = drain(f);
                assert_true(line.len > 1 && line.ptr[line.len - 1] == '\n');
                for (size_t i = 0; i + 1 < line.len; i++)
                    if ((unsigned char)line.ptr[i] < 0x20 || line.ptr[i] == 0x7f)
                        fail_msg("%02x %02x: control byte in the line", first, second);
                if (format == 1) {
                    json_t *tree = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL);
                    assert_non_null(tree);
                    json_decref(tree);
                }
            }
        }
    }
}

static void
foreign_controls_and_wrong_bytes_are_spelt_out(void **state)
{
    struct fixture *f = *state;
    log_line(&f->log, LOG_INFO, "m", LOG_CSTR("v", "\xc2\x9b|\xe2\x80\xa8|\xff|\x1b[2J|\xc3\xa9"));
    assert_drained(f, "at=1970-01-01T00:00:01Z level=info message=m v=\"\\u009b|\\u2028|\\xff|\\u001b[2J|\xc3\xa9\"\n");
}

static void
long_values_are_cut_and_fields_that_do_not_fit_are_left_out(void **state)
{
    struct fixture *f = *state;
    char big[3000];
    memset(big, 'x', sizeof(big));
    struct str s = str_of(big, sizeof(big));
    for (int format = 0; format < 2; format++) {
        f->log.format = format == 0 ? LOG_FORMAT_TEXT : LOG_FORMAT_JSON;
        log_line(&f->log, LOG_INFO, "m", LOG_STR("a", s), LOG_STR("b", s), LOG_STR("c", s), LOG_STR("d", s),
                 LOG_I64("e", 5));
        struct str line = drain(f);
        assert_in_range(line.len, 3000, LOG_LINE_SIZE);
        assert_int_equal(line.ptr[line.len - 1], '\n');
        char text[LOG_LINE_SIZE + 1];
        memcpy(text, line.ptr, line.len);
        text[line.len] = '\0';
        assert_non_null(strstr(text, format == 0 ? "xxx...\" b=\"xxx" : "xxx...\",\"b\":\"xxx"));
        assert_null(strstr(text, format == 0 ? " d=" : "\"d\""));
        assert_non_null(strstr(text, format == 0 ? " e=5 truncated=true\n" : ",\"e\":5,\"truncated\":true}\n"));
    }
}

static void
a_full_pipe_is_not_waited_for_and_the_loss_is_told(void **state)
{
    struct fixture *f = *state;
    assert_true(fcntl(f->pipe[1], F_SETPIPE_SZ, 8192) == 8192);
    char big[900];
    memset(big, 'x', sizeof(big));
    for (int i = 0; i < 20; i++)
        log_line(&f->log, LOG_INFO, "m", LOG_STR("v", str_of(big, sizeof(big))));
    size_t lines = 0;
    struct str kept = drain(f);
    for (size_t i = 0; i < kept.len; i++)
        lines += kept.ptr[i] == '\n';
    assert_in_range(lines, 1, 19);
    assert_int_equal(f->log.dropped, 20 - lines);
    log_line(&f->log, LOG_INFO, "again", LOG_END);
    char expected[256];
    (void)snprintf(expected, sizeof(expected),
                   "at=1970-01-01T00:00:01Z level=warning message=\"log lines were dropped\" count=%zu\n"
                   "at=1970-01-01T00:00:01Z level=info message=again\n",
                   20 - lines);
    assert_drained(f, expected);
    assert_int_equal(f->log.dropped, 0);
}

enum { THREAD_COUNT = 4, LINES_PER_THREAD = 2000 };

static void *
write_many(void *arg)
{
    char value[200];
    memset(value, 'y', sizeof(value));
    for (int i = 0; i < LINES_PER_THREAD; i++)
        log_line(arg, LOG_INFO, "m", LOG_I64("i", i), LOG_STR("v", str_of(value, (size_t)(i % 200))));
    return NULL;
}

static void
many_threads_write_whole_lines(void **state)
{
    struct fixture *f = *state;
    FILE *file = tmpfile();
    assert_non_null(file);
    struct log log;
    log_init(&log, fileno(file), LOG_FORMAT_JSON, LOG_INFO, &f->clock.clock);
    pthread_t threads[THREAD_COUNT];
    for (int i = 0; i < THREAD_COUNT; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &log), 0);
    for (int i = 0; i < THREAD_COUNT; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    rewind(file);
    char line[LOG_LINE_SIZE + 1];
    size_t count = 0;
    for (; fgets(line, sizeof(line), file) != NULL; count++) {
        json_t *tree = json_loads(line, 0, NULL);
        assert_non_null(tree);
        json_decref(tree);
    }
    assert_int_equal(count, THREAD_COUNT * LINES_PER_THREAD);
    log_done(&log);
    fclose(file);
}

static void
a_full_disk_drops_lines_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full < 0)
        skip();
    struct log log;
    log_init(&log, full, LOG_FORMAT_TEXT, LOG_INFO, &f->clock.clock);
    errno = 7;
    log_line(&log, LOG_INFO, "m", LOG_END);
    log_line(&log, LOG_INFO, "m", LOG_END);
    assert_int_equal(errno, 7);
    assert_int_equal(log.dropped, 2);
    log_done(&log);
    close(full);
}

static void
names_of_levels_and_formats_are_found(void **state)
{
    (void)state;
    enum log_level level = LOG_DEBUG;
    enum log_format format = LOG_FORMAT_TEXT;
    assert_true(log_level_parse(STR("warning"), &level) && level == LOG_WARNING);
    assert_false(log_level_parse(STR("Warning"), &level));
    assert_true(log_format_parse(STR("json"), &format) && format == LOG_FORMAT_JSON);
    assert_false(log_format_parse(STR(""), &format));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_of_text_is_pairs),
        TEST(a_line_of_json_is_an_object),
        TEST(lines_below_the_level_are_not_written),
        TEST(no_byte_breaks_a_line_or_steers_a_terminal),
        TEST(foreign_controls_and_wrong_bytes_are_spelt_out),
        TEST(long_values_are_cut_and_fields_that_do_not_fit_are_left_out),
        TEST(a_full_pipe_is_not_waited_for_and_the_loss_is_told),
        TEST(many_threads_write_whole_lines),
        TEST(a_full_disk_drops_lines_and_nothing_else),
        TEST(names_of_levels_and_formats_are_found),
    };
    return test_run("util/log", tests);
}
