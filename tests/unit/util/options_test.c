/* The command line: where values come from, what is refused with which hint, and the help, letter by letter. */
#include "tests/unit/test.h"

#include "util/options.h"

enum engine { ENGINE_SQLITE, ENGINE_POSTGRESQL };

struct race {
    int64_t clients;
    bool naive;
    const char *url;
    int engine;
    int64_t sweep_interval;
};

static const char *const engines[] = {"sqlite", "postgresql", "both", NULL};

static const struct option_spec options[] = {
    OPTION_NUMBER(struct race, clients, "clients", "N", "20", 1, 10000, "Clients that ask at the same time."),
    OPTION_FLAG(struct race, naive, "naive", "Check, then insert, with nothing in between."),
    OPTION_STRING(struct race, url, "url", "URL", NULL, "Race against this server."),
    OPTION_CHOICE(struct race, engine, "engine", "NAME", "sqlite", engines, "Where to store."),
    OPTION_NUMBER(struct race, sweep_interval, "sweep-interval", "MILLISECONDS", "250", 0, 3600000,
                  "How often what has expired is tidied away. Nothing waits for it: whatever has expired is in "
                  "nobody's way even when this is long."),
};

static const struct command_line command = {
    .name = "race",
    .summary = "Many clients ask for one slot at the same moment. Prints how many got it, and checks the store "
               "afterwards.",
    .arguments = "ROOM [ROOM]",
    .argument_min = 1,
    .argument_max = 2,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
};

struct fixture {
    struct race race;
    struct option_arguments arguments;
    struct err err;
};

/* Reads up to 7 words. */
static enum options_result
read_words(struct fixture *f, char *const *environment, const char *const *words)
{
    char copies[8][64], *argv[8];
    size_t argc = 0;
    for (; words[argc] != NULL; argc++)
        argv[argc] = strcpy(copies[argc], words[argc]);
    *f = (struct fixture){0};
    enum options_result result = options_read(&command, argc, argv, environment, &f->race, &f->arguments, &f->err);
    /* what points into the copies does not outlive this function: compare here */
    if (result == OPTIONS_READ && f->race.url != NULL)
        assert_string_equal(f->race.url, "http://localhost");
    return result;
}

#define READ(f, environment, ...) read_words((f), (environment), (const char *const[]){__VA_ARGS__, NULL})

#define assert_refused(f, expected, ...)                                                                               \
    do {                                                                                                               \
        assert_int_equal(READ(f, NULL, __VA_ARGS__), OPTIONS_WRONG);                                                   \
        assert_int_equal((f)->err.kind, ERR_USAGE);                                                                    \
        assert_string_equal((f)->err.message, expected " (see nightlatch race --help)");                               \
    } while (0)

static void
defaults_hold_where_nothing_is_said(void **state)
{
    (void)state;
    struct fixture f;
    assert_int_equal(READ(&f, NULL, "101"), OPTIONS_READ);
    assert_int_equal(f.race.clients, 20);
    assert_int_equal(f.race.sweep_interval, 250);
    assert_int_equal(f.race.engine, ENGINE_SQLITE);
    assert_false(f.race.naive);
    assert_null(f.race.url);
    assert_int_equal(f.arguments.count, 1);
}

static void
both_ways_of_giving_a_value_work_in_any_place(void **state)
{
    (void)state;
    struct fixture f;
    assert_int_equal(READ(&f, NULL, "--clients=7", "101", "--engine", "both", "--naive", "--url=http://localhost"),
                     OPTIONS_READ);
    assert_int_equal(f.race.clients, 7);
    assert_int_equal(f.race.engine, 2);
    assert_true(f.race.naive);
    assert_non_null(f.race.url);
    assert_int_equal(READ(&f, NULL, "--naive=false", "--", "--clients", "-"), OPTIONS_READ);
    assert_false(f.race.naive);
    assert_int_equal(f.race.clients, 20);
    assert_int_equal(f.arguments.count, 2);
}

static void
the_environment_stands_between_command_line_and_default(void **state)
{
    (void)state;
    struct fixture f;
    char clients[] = "NIGHTLATCH_CLIENTS=9", sweep[] = "NIGHTLATCH_SWEEP_INTERVAL=0", naive[] = "NIGHTLATCH_NAIVE=1",
         engine[] = "NIGHTLATCH_ENGINE=", other[] = "NIGHTLATCH_CLIENTSX=1", path[] = "PATH=/bin";
    char *environment[] = {path, other, clients, sweep, naive, engine, NULL};
    assert_int_equal(READ(&f, environment, "101"), OPTIONS_READ);
    assert_int_equal(f.race.clients, 9);
    assert_int_equal(f.race.sweep_interval, 0);
    assert_true(f.race.naive);
    assert_int_equal(f.race.engine, ENGINE_SQLITE);
    assert_int_equal(READ(&f, environment, "101", "--clients", "3", "--naive=no"), OPTIONS_READ);
    assert_int_equal(f.race.clients, 3);
    assert_false(f.race.naive);
    char wrong[] = "NIGHTLATCH_CLIENTS=many", *wrong_environment[] = {wrong, NULL};
    assert_int_equal(READ(&f, wrong_environment, "101"), OPTIONS_WRONG);
    assert_string_equal(f.err.message,
                        "NIGHTLATCH_CLIENTS must be a whole number from 1 to 10000 (see nightlatch race --help)");
}

/* Compares inside, as the words do not outlive it. */
static enum options_result
read_texts(const char *const *words, char *const *environment, const char *wanted, struct err *err)
{
    struct listed {
        struct option_arguments names;
    } listed = {.names = {.count = 0}};
    static const struct option_spec names[] = {
        OPTION_TEXTS(struct listed, names, "name", "NAME", "One of the names."),
    };
    static const struct command_line lister = {.name = "list", .summary = "", .options = names, .option_count = 1};
    struct option_arguments arguments;
    char copies[32][16], *argv[32], joined[256] = "";
    size_t argc = 0;
    for (; words[argc] != NULL; argc++)
        argv[argc] = strcpy(copies[argc], words[argc]);
    enum options_result result = options_read(&lister, argc, argv, environment, &listed, &arguments, err);
    for (size_t i = 0; result == OPTIONS_READ && i < listed.names.count; i++)
        strcat(strcat(joined, listed.names.items[i]), " ");
    if (result == OPTIONS_READ)
        assert_string_equal(joined, wanted);
    return result;
}

static void
an_option_of_texts_may_be_given_more_than_once_and_keeps_the_order(void **state)
{
    (void)state;
    struct err err;
    char variable[] = "NIGHTLATCH_NAME=env", *environment[] = {variable, NULL};
    const char *const two[] = {"--name", "b", "--name=a", NULL}, *const none[] = {NULL};
    const char *const empty[] = {"--name=a", "--name=", NULL};
    const char *many[2 * (ARGUMENT_COUNT_MAX + 1) + 1] = {NULL};
    assert_int_equal(read_texts(two, NULL, "b a ", &err), OPTIONS_READ);
    assert_int_equal(read_texts(two, environment, "b a ", &err), OPTIONS_READ);
    assert_int_equal(read_texts(none, environment, "env ", &err), OPTIONS_READ);
    assert_int_equal(read_texts(none, NULL, "", &err), OPTIONS_READ);
    assert_int_equal(read_texts(empty, NULL, NULL, &err), OPTIONS_WRONG);
    for (size_t i = 0; i <= ARGUMENT_COUNT_MAX; i++)
        many[i] = "--name=x";
    assert_int_equal(read_texts(many, NULL, NULL, &err), OPTIONS_WRONG);
    assert_string_equal(err.message, "--name is given too often (see nightlatch list --help)");
    many[ARGUMENT_COUNT_MAX] = NULL;
    assert_int_equal(read_texts(many, NULL, "x x x x x x x x x x x x x x x x ", &err), OPTIONS_READ);
}

static void
what_is_wrong_is_refused_with_a_hint(void **state)
{
    (void)state;
    struct fixture f;
    assert_refused(&f, "unknown option --clinets: did you mean --clients?", "--clinets", "7");
    assert_refused(&f, "unknown option --client=7: did you mean --clients?", "--client=7");
    assert_refused(&f, "unknown option --frobnicate", "--frobnicate");
    assert_refused(&f, "unknown option -x", "-x");
    assert_refused(&f, "--clients is given twice", "--clients=1", "--clients=2");
    assert_refused(&f, "--clients needs a value: --clients N", "101", "--clients");
    assert_refused(&f, "--clients needs a value: --clients N", "--clients", "--naive");
    assert_refused(&f, "--clients must be a whole number from 1 to 10000", "--clients=0");
    assert_refused(&f, "--clients must be a whole number from 1 to 10000", "--clients", "10001");
    assert_refused(&f, "--clients must be a whole number from 1 to 10000", "--clients", "");
    assert_refused(&f, "--naive must be true or false", "--naive=maybe");
    assert_refused(&f, "--url must not be empty", "--url=");
    assert_refused(&f, "--engine must be one of sqlite, postgresql, both", "--engine=SQLite");
    assert_refused(&f, "unexpected argument c", "a", "b", "c");
    assert_refused(&f, "missing argument: nightlatch race ROOM [ROOM]", "--naive");
}

static void
help_is_asked_for_in_two_ways(void **state)
{
    (void)state;
    struct fixture f;
    assert_int_equal(READ(&f, NULL, "--help"), OPTIONS_HELP);
    assert_int_equal(READ(&f, NULL, "--clients", "5", "-h", "--nonsense"), OPTIONS_HELP);
    assert_int_equal(READ(&f, NULL, "--", "--help"), OPTIONS_READ);
}

static void
help_is_written_from_the_table(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct text text;
    text_init(&text, &arena, 1024);
    options_help(&command, &text);
    struct str help = text_str(&text);
    static const char expected[] = "Usage: nightlatch race [OPTION]... ROOM [ROOM]\n"
                                   "\n"
                                   "Many clients ask for one slot at the same moment. Prints how many got it, and\n"
                                   "checks the store afterwards.\n"
                                   "\n"
                                   "  --clients N             Clients that ask at the same time. From 1 to 10000.\n"
                                   "                          Default: 20. [NIGHTLATCH_CLIENTS]\n"
                                   "  --naive                 Check, then insert, with nothing in between.\n"
                                   "                          [NIGHTLATCH_NAIVE]\n"
                                   "  --url URL               Race against this server. [NIGHTLATCH_URL]\n"
                                   "  --engine NAME           Where to store. One of sqlite, postgresql or both.\n"
                                   "                          Default: sqlite. [NIGHTLATCH_ENGINE]\n"
                                   "  --sweep-interval MILLISECONDS\n"
                                   "                          How often what has expired is tidied away. Nothing\n"
                                   "                          waits for it: whatever has expired is in nobody's way\n"
                                   "                          even when this is long. From 0 to 3600000. Default:\n"
                                   "                          250. [NIGHTLATCH_SWEEP_INTERVAL]\n"
                                   "  --help                  Print this and end.\n";
    if (!str_equal(help, str_from(expected)))
        fail_msg("help:\n%.*s", STR_ARG(help));
    arena_done(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_hold_where_nothing_is_said),
        cmocka_unit_test(both_ways_of_giving_a_value_work_in_any_place),
        cmocka_unit_test(the_environment_stands_between_command_line_and_default),
        cmocka_unit_test(an_option_of_texts_may_be_given_more_than_once_and_keeps_the_order),
        cmocka_unit_test(what_is_wrong_is_refused_with_a_hint),
        cmocka_unit_test(help_is_asked_for_in_two_ways),
        cmocka_unit_test(help_is_written_from_the_table),
    };
    return test_run("util/options", tests);
}
