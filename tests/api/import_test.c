/* Files of lines: each goes through the engine by itself, and is told what became of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static struct answer
import(const char *kind, const char *more, const char *csv)
{
    struct ask ask = {.method = "POST",
                      .target = world_format(world, "/v1/imports?property_id=%s&kind=%s%s", house.property, kind, more),
                      .token = world->owner,
                      .type = "text/csv; charset=utf-8",
                      .body = csv};
    return world_ask(world, &ask);
}

static void
assert_counts(const struct answer *answer, int created, int there, int left_out, int refused)
{
    assert_status(answer, 200);
    assert_int_equal(answer_number(answer, "created"), created);
    assert_int_equal(answer_number(answer, "there"), there);
    assert_int_equal(answer_number(answer, "left_out"), left_out);
    assert_int_equal(answer_number(answer, "refused"), refused);
}

static void
assert_line(const struct answer *answer, int at, int line, const char *code, const char *column)
{
    assert_int_equal(answer_number(answer, world_format(world, "lines/%d/line", at)), line);
    assert_string_equal(answer_text(answer, world_format(world, "lines/%d/result", at)), "refused");
    assert_string_equal(answer_text(answer, world_format(world, "lines/%d/code", at)), code);
    if (column != NULL)
        assert_string_equal(answer_text(answer, world_format(world, "lines/%d/column", at)), column);
}

static size_t
count(const char *what)
{
    struct answer answer = world_get(world, "/v1/%s?property_id=%s&limit=200", what, house.property);
    assert_status(&answer, 200);
    return json_array_size(answer_at(&answer, "items"));
}

static const char bookings[] = "room_type,arrival,departure,guest_name,party,payment,status\r\n"
                               "Studio,2027-03-01,2027-03-03,Ada,1,,CONFIRMED\r\n"
                               "Studio,2027-03-01,2027-03-03,'=Ada,1,required,\r\n"
                               "Studio,2027-03-01,2027-03-03,Ada,1,,CONFIRMED\r\n"
                               "Studio,2027-03-01,2027-03-03,Grace,1,,\r\n"
                               "Studio,2027-03-01,2027-03-03,Gone,1,,CANCELLED\r\n"
                               "Studio,2027-03-01,March,Ada,1,,\r\n"
                               "Studio,2027-03-05,2027-03-06,Ada,5000,,\r\n";

/* Equal lines are as many bookings, and none of them is made twice. */
static void
each_line_is_told_what_became_of_it_and_made_once(void **state)
{
    (void)state;
    struct answer answer = import("bookings", "", bookings);
    assert_counts(&answer, 3, 0, 1, 3);
    assert_string_equal(answer_text(&answer, "lines/0/result"), "created");
    assert_int_equal(answer_number(&answer, "lines/0/line"), 2);
    assert_line(&answer, 3, 5, "SOLD_OUT", NULL);
    assert_line(&answer, 5, 7, "VALIDATION_FAILED", "departure");
    assert_line(&answer, 6, 8, "TOO_MANY_GUESTS", NULL);
    struct answer paid = world_get(world, "/v1/bookings/%s", answer_text(&answer, "lines/1/id"));
    assert_string_equal(answer_text(&paid, "status"), "CONFIRMED");
    assert_string_equal(answer_text(&paid, "guest/name"), "=Ada");
    answer = import("bookings", "", bookings);
    assert_counts(&answer, 0, 3, 1, 3);
    assert_int_equal(count("bookings"), 3);
}

static void
a_trial_says_the_same_of_each_line_and_changes_nothing(void **state)
{
    (void)state;
    struct answer answer = import("bookings", "&dry_run=true", bookings);
    assert_counts(&answer, 4, 0, 1, 2);
    assert_true(json_is_null(answer_at(&answer, "lines/0/id")));
    assert_int_equal(count("bookings"), 0);
}

static void
types_and_rooms_are_made_where_they_are_not_there(void **state)
{
    (void)state;
    struct answer answer = import("room-types", "",
                                  "name,sold_by,stock,units,max_guests,features\nStudio,night,count,3,2,\n"
                                  "Annex,night,rooms,,3,bath; balcony\nTent,night,many,,,\n");
    assert_counts(&answer, 1, 1, 0, 1);
    assert_line(&answer, 2, 4, "VALIDATION_FAILED", "stock");
    answer = import("rooms", "", "number,room_type,floor\n901,Annex,9\n101,Double,1\n902,Nowhere,9\n901,Annex,9\n");
    assert_counts(&answer, 1, 2, 0, 1);
    assert_line(&answer, 2, 4, "VALIDATION_FAILED", "room_type");
    answer = import("rooms", "", "number,room_type\n101,Annex\n901,Annex\n");
    assert_counts(&answer, 0, 1, 0, 1);
    assert_line(&answer, 0, 2, "VALIDATION_FAILED", "room_type"); /* it is a double */
    assert_int_equal(count("rooms"), 5);
}

static void
a_house_s_own_bookings_are_not_made_again(void **state)
{
    (void)state;
    struct answer made =
        import("bookings", "", "room_type,arrival,departure,guest_name,price\nStudio,2027-03-01,2027-03-02,A,12050\n");
    assert_counts(&made, 1, 0, 0, 0);
    struct answer paid = world_get(world, "/v1/bookings/%s", answer_text(&made, "lines/0/id"));
    assert_int_equal(answer_number(&paid, "price"), 12050);
    const char *payments = world_format(world, "/v1/bookings/%s/payments", answer_text(&paid, "id"));
    struct answer part = world_post(world, payments, "{\"method\":\"cash\",\"amount\":50}");
    assert_status(&part, 201);
    struct answer over = world_post(world, payments, "{\"method\":\"cash\",\"amount\":12001}");
    assert_problem(&over, 409, "POLICY_REFUSED");
    assert_int_equal(answer_number(&over, "limits/amount"), 12000);
    struct answer file = world_get(world, "/v1/exports/bookings.csv?property_id=%s", house.property);
    assert_non_null(strstr(file.body.ptr, ",12050\r\n"));
    struct answer answer = import("bookings", "", file.body.ptr);
    assert_counts(&answer, 0, 0, 0, 1);
    assert_line(&answer, 0, 2, "ALREADY_EXISTS", "code");
}

/* A list that a tour operator sends, with the codes of their bookings. */
static void
a_rooming_list_names_who_comes_along(void **state)
{
    (void)state;
    struct answer made = import("bookings", "",
                                "room_type,arrival,departure,guest_name,party\nStudio,2027-03-01,2027-03-02,Ada,2\n"
                                "Studio,2027-03-01,2027-03-02,Barbara,2\n");
    assert_counts(&made, 2, 0, 0, 0);
    struct answer booking = world_get(world, "/v1/bookings/%s", answer_text(&made, "lines/0/id"));
    const char *code = answer_text(&booking, "code");
    const char *list = world_format(world,
                                    "booking,name,email\n%s,Grace Hopper,grace@example.org\n%s,Ada,\n"
                                    "222222,Nobody,\n%s,Edsger,\n%s,Alan,alan\n,Barbara,\n",
                                    code, code, code, code);
    struct answer answer = import("guests", "&dry_run=true", list);
    assert_counts(&answer, 0, 1, 0, 3);
    answer = import("guests", "", list);
    assert_counts(&answer, 0, 1, 0, 4);
    assert_int_equal(answer_number(&answer, "changed"), 1);
    assert_string_equal(answer_text(&answer, "lines/0/result"), "changed");
    assert_string_equal(answer_text(&answer, "lines/0/id"), answer_text(&booking, "id"));
    assert_line(&answer, 2, 4, "NOT_FOUND", "booking");
    assert_line(&answer, 3, 5, "TOO_MANY_GUESTS", NULL);
    assert_line(&answer, 4, 6, "VALIDATION_FAILED", "email");
    assert_line(&answer, 5, 7, "VALIDATION_FAILED", "booking");
    answer = import("guests", "", list);
    assert_counts(&answer, 0, 2, 0, 4);
    booking = world_get(world, "/v1/bookings/%s", answer_text(&booking, "id"));
    assert_string_equal(answer_text(&booking, "guests/1/name"), "Grace Hopper");
    assert_string_equal(answer_text(&booking, "guests/1/email"), "grace@example.org");
    assert_int_equal(json_array_size(answer_at(&booking, "guests")), 2);
    booking = world_get(world, "/v1/bookings/%s", answer_text(&made, "lines/1/id"));
    answer = import(
        "guests", "",
        world_format(world, "booking,name,email\n%s,Grace Hopper,grace@example.org\n", answer_text(&booking, "code")));
    assert_int_equal(answer_number(&answer, "changed"), 1); /* the same words, and another booking */
    fixture_assert_in_order();
}

static void
guests_are_put_right_by_their_ids(void **state)
{
    (void)state;
    struct answer made = import("bookings", "",
                                "room_type,arrival,departure,guest_name,guest_email\n"
                                "Studio,2027-03-01,2027-03-02,Ada Lovlace,ada@example.org\n");
    assert_counts(&made, 1, 0, 0, 0);
    struct answer booking = world_get(world, "/v1/bookings/%s", answer_text(&made, "lines/0/id"));
    const char *guest = answer_text(&booking, "guest_id");
    struct answer file = world_get(world, "/v1/exports/guests.csv?property_id=%s", house.property);
    struct answer answer = import("guests", "", file.body.ptr);
    assert_counts(&answer, 0, 1, 0, 0);
    const char *right =
        world_format(world, "id,name,phone\n%s,Ada Lovelace,+44 1\n%s,Ada Lovelace,+44 1\ngst_2,A,\n", guest, guest);
    answer = import("guests", "", right);
    assert_counts(&answer, 0, 1, 0, 1);
    assert_string_equal(answer_text(&answer, "lines/0/result"), "changed");
    assert_string_equal(answer_text(&answer, "lines/0/id"), guest);
    assert_string_equal(answer_text(&answer, "lines/1/result"), "there");
    assert_line(&answer, 2, 4, "NOT_FOUND", "id");
    answer = world_get(world, "/v1/guests/%s", guest);
    assert_string_equal(answer_text(&answer, "name"), "Ada Lovelace");
    assert_string_equal(answer_text(&answer, "email"), "ada@example.org");
    assert_string_equal(answer_text(&answer, "phone"), "+44 1");
    assert_int_equal(answer_number(&answer, "version"), 2);
    fixture_assert_in_order();
}

/* What a line leaves empty stays as it is when its turn comes, not as it was when the file was read. */
static void
lines_about_one_guest_add_up(void **state)
{
    (void)state;
    struct answer made = import("bookings", "",
                                "room_type,arrival,departure,guest_name,guest_email,guest_phone\n"
                                "Studio,2027-03-01,2027-03-02,Cy,old@example.org,000\n");
    assert_counts(&made, 1, 0, 0, 0);
    struct answer booking = world_get(world, "/v1/bookings/%s", answer_text(&made, "lines/0/id"));
    const char *guest = answer_text(&booking, "guest_id");
    struct answer answer =
        import("guests", "",
               world_format(world, "id,name,email,phone\n%s,Cy,new@example.org,\n%s,Cyd,,111\n%s,Cy,,\n", guest, guest,
                            guest));
    assert_int_equal(answer_number(&answer, "changed"), 3);
    answer = world_get(world, "/v1/guests/%s", guest);
    assert_string_equal(answer_text(&answer, "name"), "Cy");
    assert_string_equal(answer_text(&answer, "email"), "new@example.org");
    assert_string_equal(answer_text(&answer, "phone"), "111");
}

/* "X7,more" for each line; the caller frees it. */
static char *
lines_of(const char *header, char letter, const char *more, int count)
{
    size_t size = strlen(header) + (size_t)count * (strlen(more) + 8) + 1;
    char *file = malloc(size);
    assert_non_null(file);
    size_t len = (size_t)snprintf(file, size, "%s", header);
    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(file + len, size - len, "%c%d,%s\n", letter, i, more);
    return file;
}

/* Each has its answer, or nothing was done. */
static void
as_many_lines_as_are_promised_are_answered(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *header;
        char letter;
        const char *more;
        int count;
    } files[] = {{"guests", "booking,name\n", 'A', "Nobody", 1999},
                 {"rooms", "number,room_type,floor\n", 'X', "Double,", 1999},
                 {"rooms", "number,room_type,floor\n", 'Y', "Double,", 2000}};
    for (size_t i = 0; i < 3; i++) {
        char *file = lines_of(files[i].header, files[i].letter, files[i].more, files[i].count);
        struct answer answer = import(files[i].kind, "", file);
        free(file);
        if (i == 2)
            assert_problem(&answer, 422, "VALIDATION_FAILED");
        else
            assert_counts(&answer, i == 0 ? 0 : 1999, 0, 0, i == 0 ? 1999 : 0);
    }
}

/* The file is refused and not each of its lines, and the column is named. */
static void
a_file_with_another_header_is_refused_as_such(void **state)
{
    static const struct {
        const char *kind, *csv, *said;
    } wrong[] = {
        {"rooms", "name,room_type\n900,Studio\n", "The header has no column number."},
        {"rooms", "number,room_type,number\n900,Studio,901\n", "The header has the column \"number\" twice."},
        {"guests", "name\nAda\n", "The header has no column booking or id."},
        {"bookings", "room_type,arrival,guest_name\nStudio,2027-03-01,Ada\n", "The header has no column departure."},
        {"bookings", "arrival,departure,guest_name\n2027-03-01,2027-03-02,Ada\n",
         "The header has no column room_type or room."},
        {"rooms", "number,\x1b,\x1b,room_type\n900,1,2,Double\n", "The header has the name of column 3 twice."},
        {"room-types", "\"\"\n", "The header has no column name."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct answer answer = import(wrong[i].kind, "", wrong[i].csv);
        assert_problem(&answer, 422, "VALIDATION_FAILED");
        assert_string_equal(answer_text(&answer, "detail"), wrong[i].said);
    }
    struct answer answer = import("rooms", "", " number ,\"room_type\",,\n900,Double,,\n");
    assert_counts(&answer, 1, 0, 0, 0);
}

/* Spreadsheets write what stands between fields by the country they are set to. */
static void
fields_may_have_semicolons_or_tabs_between_them(void **state)
{
    (void)state;
    struct answer answer = import("room-types", "", "name;max_guests;features\r\nSuite;2;\"bath; balcony\"\r\n");
    assert_counts(&answer, 1, 0, 0, 0);
    answer = import("rooms", "", "\xef\xbb\xbfnumber\troom_type\tbuilding\n901\tSuite\tA, B; C\n");
    assert_counts(&answer, 1, 0, 0, 0);
    struct answer room = world_get(world, "/v1/rooms/%s", answer_text(&answer, "lines/0/id"));
    assert_string_equal(answer_text(&room, "building"), "A, B; C");
    struct answer type = world_get(world, "/v1/room-types/%s", answer_text(&room, "room_type_id"));
    assert_string_equal(answer_text(&type, "features/0"), "balcony");
    answer = import("rooms", "", "number;room_type\tfloor\n902;Suite\t1\n");
    assert_problem(&answer, 422, "VALIDATION_FAILED"); /* it may be either */
}

static void
assert_detail(const struct answer *answer, int at, const char *detail)
{
    assert_string_equal(answer_text(answer, world_format(world, "lines/%d/detail", at)), detail);
}

/* The first has the column; others are told with theirs. */
static void
every_mistake_of_a_line_is_told(void **state)
{
    (void)state;
    struct answer answer = import("room-types", "",
                                  "name,sold_by,stock,max_guests,features,needs_approval,units\n"
                                  "Hall,hour,many,x,,maybe,-1\n,,,,[,,\n");
    assert_counts(&answer, 0, 0, 0, 2);
    assert_line(&answer, 0, 2, "VALIDATION_FAILED", "sold_by");
    assert_detail(
        &answer, 0,
        "must be night or minute; stock: must be rooms or count; max_guests: must be a whole number from 1 to "
        "10000; needs_approval: must be true or false; units: must be a whole number");
    assert_detail(&answer, 1, "is needed; features: must be words with ; between");
    answer = import("bookings", "",
                    "room_type,arrival,departure,guest_name,guest_email,party,payment,price\n"
                    "Nowhere,March,2027-03-01,,ada,x,later,free\n");
    assert_line(&answer, 0, 2, "VALIDATION_FAILED", "arrival");
    assert_detail(
        &answer, 0,
        "must be a date such as 2027-03-01; room_type: the property has no such type; import rooms first; "
        "party: must be a whole number from 1 to 10000; guest_name: is needed; guest_email: must be an address such "
        "as ada@example.org; payment: must be none or required; price: must be a whole number "
        "of minor units, such as 24000 for 240.00");
    answer =
        import("room-types", "", "name,sold_by,opens_min,closes_min\nHall,minute,5000,9000\n"); /* the interface's */
    assert_line(&answer, 0, 2, "VALIDATION_FAILED", "opens_min");
    assert_non_null(strstr(answer_text(&answer, "lines/0/detail"), "; closes_min: must be "));
}

static void
a_type_that_is_written_otherwise_is_named(void **state)
{
    (void)state;
    struct answer answer = import("room-types", "",
                                  "name\nDouble Room  (S\xc3\xbc"
                                  "d)\n\"\"\"A\"\"-1\"\n");
    assert_counts(&answer, 2, 0, 0, 0);
    answer = import("rooms", "",
                    "number,room_type\n901,double\n902,DOUBLE ROOM (S\xc3\x9c"
                    "D)\n903,DoubleRoom-S\xc3\xbc"
                    "d\n"
                    "904,Twin\n905,---\n906,a1\n");
    assert_counts(&answer, 0, 0, 0, 6);
    assert_detail(&answer, 0, "the property has \"Double\", written otherwise");
    assert_detail(&answer, 1,
                  "the property has \"Double Room  (S\xc3\xbc"
                  "d)\", written otherwise");
    assert_detail(&answer, 2,
                  "the property has \"Double Room  (S\xc3\xbc"
                  "d)\", written otherwise");
    assert_detail(&answer, 3, "the property has no such type; import room types first");
    assert_detail(&answer, 4, "the property has no such type; import room types first");
    assert_detail(&answer, 5, "the property has \"\"A\"-1\", written otherwise");
    answer = import("bookings", "", "room_type,arrival,departure,guest_name\nstudio,2027-03-01,2027-03-02,Ada\n");
    assert_line(&answer, 0, 2, "VALIDATION_FAILED", "room_type");
    assert_detail(&answer, 0, "the property has \"Studio\", written otherwise");
}

/* Twice the same type to people, and to nobody two: one is a slip of the pen. What else differs is another name. */
static void
types_that_differ_in_capitals_alone_are_refused(void **state)
{
    (void)state;
    static const char types[] = "name\ndouble\nDouble\nS\xc3\xbc"
                                "d 1\n S\xc3\x9c"
                                "D 1 \nSud 1\nS\xc3\xbc"
                                "d-1\nS\xc3\xbc"
                                "d 1\n";
    for (int dry = 1; dry >= 0; dry--) {
        struct answer answer = import("room-types", dry ? "&dry_run=true" : "", types);
        assert_counts(&answer, 3, 2, 0, 2);
        assert_line(&answer, 0, 2, "VALIDATION_FAILED", "name");
        assert_detail(&answer, 0, "the property has \"Double\", which differs in capitals alone");
        assert_string_equal(answer_text(&answer, "lines/1/result"), "there");
        assert_line(&answer, 3, 5, "VALIDATION_FAILED", "name");
        assert_detail(&answer, 3,
                      "line 4 has \"S\xc3\xbc"
                      "d 1\", which differs in capitals alone");
        assert_detail(&answer, 6, "line 4 says the same");
    }
}

static void
a_line_for_excel_says_what_stands_between_fields(void **state)
{
    (void)state;
    struct answer answer = import("room-types", "", "sep=;\r\nname;max_guests\r\nHall;many\r\nLoft;2\r\n");
    assert_counts(&answer, 1, 0, 0, 1);
    assert_line(&answer, 0, 3, "VALIDATION_FAILED", "max_guests");
    assert_int_equal(answer_number(&answer, "lines/1/line"), 4);
}

/* A line that says of a room or type what another does not is a mistake of the file, also where the house has it. */
static void
lines_that_contradict_one_before_are_refused(void **state)
{
    (void)state;
    static const char types[] = "name,sold_by,max_guests\nHall,minute,30\nHall,minute,20\nHall,minute,30\n"
                                "Double,night,2\nDouble,,2\nDouble,night,3\nHall,minute,\n";
    static const char rooms[] = "number,room_type,building,floor\n901,Double,,9\n901,Studio,,9\n901,Double,A,9\n"
                                "901,Double,,9\n901,Double,,8\n902,Studio,,\n902,Studio,,\n901,Double,,9\n";
    for (int dry = 1; dry >= 0; dry--) {
        struct answer answer = import("room-types", dry ? "&dry_run=true" : "", types);
        assert_counts(&answer, 1, 3, 0, 3);
        assert_line(&answer, 1, 3, "VALIDATION_FAILED", "max_guests");
        assert_detail(&answer, 1, "line 2 has this type already, with another max_guests");
        assert_detail(&answer, 2, "line 2 says the same");
        assert_true(json_is_null(answer_at(&answer, "lines/4/detail"))); /* the house has it */
        assert_detail(&answer, 5, "line 5 has this type already, with another max_guests");
        assert_line(&answer, 6, 8, "VALIDATION_FAILED", "max_guests");
        answer = import("rooms", dry ? "&dry_run=true" : "", rooms);
        assert_counts(&answer, 2, 2, 0, 4);
        assert_line(&answer, 1, 3, "VALIDATION_FAILED", "room_type");
        assert_detail(&answer, 1, "line 2 has this room already, with another type");
        assert_string_equal(answer_text(&answer, "lines/2/result"), "created"); /* in another building */
        assert_detail(&answer, 3, "line 2 says the same");
        assert_line(&answer, 4, 6, "VALIDATION_FAILED", "floor");
        const char *code = answer_text(&answer, "lines/5/code"); /* a type without rooms */
        assert_line(&answer, 6, 8, code, answer_text(&answer, "lines/5/column"));
        assert_detail(&answer, 7, "line 2 says the same");
    }
}

/* As a request has them: lengths are told without them, and names are found. */
static void
blanks_at_both_ends_of_a_field_do_not_count(void **state)
{
    (void)state;
    char number[64], long_number[64];
    (void)snprintf(number, sizeof(number), "  %040d  ", 1);
    (void)snprintf(long_number, sizeof(long_number), "%041d", 1);
    struct answer answer = import(
        "rooms", "", world_format(world, "number,room_type\n%s, Double \n%s,Double\n ,Double\n", number, long_number));
    assert_counts(&answer, 1, 0, 0, 2);
    assert_line(&answer, 1, 3, "VALIDATION_FAILED", "number");
    assert_detail(&answer, 1, "is too long: 40 characters at most");
    assert_line(&answer, 2, 4, "VALIDATION_FAILED", "number");
    assert_detail(&answer, 2, "is needed");
}

/* Behind a line of another number of fields the next is read as any other; a blank one is none. */
static void
lines_behind_a_ragged_one_are_read(void **state)
{
    (void)state;
    const char *rooms =
        "\r\nnumber,room_type\r\n901,Double\r\n\r\n902\r\n903,Double,\r\n \t\r\n,\r\n904,Double\r\n\r\n";
    struct answer answer;
    for (int dry = 1; dry >= 0; dry--) {
        answer = import("rooms", dry ? "&dry_run=true" : "", rooms);
        assert_counts(&answer, 2, 0, 0, 3);
        assert_int_equal(answer_number(&answer, "lines/0/line"), 3);
        assert_line(&answer, 1, 5, "VALIDATION_FAILED", NULL);
        assert_detail(&answer, 1, "not as many fields as in the first row");
        assert_line(&answer, 2, 6, "VALIDATION_FAILED", NULL);
        assert_true(json_is_null(answer_at(&answer, "lines/2/column")));
        assert_line(&answer, 3, 8, "VALIDATION_FAILED", "number"); /* a row of empty fields is a row */
        assert_int_equal(answer_number(&answer, "lines/4/line"), 9);
    }
    answer = import("room-types", "", "name;sold_by\nHall\n\nTent;night\n");
    assert_counts(&answer, 1, 0, 0, 1);
    answer = import("guests", "", "booking,name\nA\n222222,Nobody\n");
    assert_counts(&answer, 0, 0, 0, 2);
    assert_line(&answer, 1, 3, "NOT_FOUND", "booking");
    answer = import("bookings", "",
                    "room_type,arrival,departure,guest_name\nStudio,2027-03-01\n\n"
                    "Studio,2027-03-01,2027-03-02,Ada\n");
    assert_counts(&answer, 1, 0, 0, 1);
    assert_int_equal(answer_number(&answer, "lines/1/line"), 4);
}

/* What swallows the rest, or leaves it open what the bytes are, is told as the end of what was read. */
static void
where_reading_ends_the_reply_says_so(void **state)
{
    (void)state;
    struct answer answer = import("rooms", "", "number,room_type\n1,Double\n\"2,Double\n3,Double\n");
    assert_counts(&answer, 1, 0, 0, 1);
    assert_line(&answer, 1, 3, "VALIDATION_FAILED", NULL);
    assert_detail(&answer, 1, "the file ends inside quotes; nothing was read from there on");
    answer = import("rooms", "", "number,room_type\n4\n5,\xff\n6,Double\n");
    assert_counts(&answer, 0, 0, 0, 2);
    assert_detail(&answer, 1, "not UTF-8; nothing was read from there on");
}

static void
what_is_no_file_is_refused(void **state)
{
    (void)state;
    struct answer answer = import("events", "", "name\nAda\n");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?kind");
    answer = import("rooms", "", "number,room_type\n");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    answer = import("rooms", "", "number,room_type\n\n \t\n");
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    struct ask ask = {.method = "POST",
                      .target = world_format(world, "/v1/imports?property_id=%s&kind=rooms", house.property),
                      .token = world->owner,
                      .body = "{}"};
    answer = world_ask(world, &ask);
    assert_problem(&answer, 415, "UNSUPPORTED_MEDIA_TYPE");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_line_is_told_what_became_of_it_and_made_once),
        CASE(a_trial_says_the_same_of_each_line_and_changes_nothing),
        CASE(types_and_rooms_are_made_where_they_are_not_there),
        CASE(a_house_s_own_bookings_are_not_made_again),
        CASE(a_rooming_list_names_who_comes_along),
        CASE(guests_are_put_right_by_their_ids),
        CASE(lines_about_one_guest_add_up),
        CASE(as_many_lines_as_are_promised_are_answered),
        CASE(a_file_with_another_header_is_refused_as_such),
        CASE(fields_may_have_semicolons_or_tabs_between_them),
        CASE(every_mistake_of_a_line_is_told),
        CASE(a_type_that_is_written_otherwise_is_named),
        CASE(types_that_differ_in_capitals_alone_are_refused),
        CASE(a_line_for_excel_says_what_stands_between_fields),
        CASE(lines_that_contradict_one_before_are_refused),
        CASE(blanks_at_both_ends_of_a_field_do_not_count),
        CASE(lines_behind_a_ragged_one_are_read),
        CASE(where_reading_ends_the_reply_says_so),
        CASE(what_is_no_file_is_refused),
    };
    return test_run("api/import", tests);
}
