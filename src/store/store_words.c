/* Rows are made from what the guests' rows say, so that a part can be written without asking anybody else. */
#include "store/store_words.h"

#include <stdlib.h>

#include "base/text.h"
#include "store/store_row.h"
#include "util/words.h"

/* -- the words of a guest -- */

enum db_status
store_guest_words(struct store *store, const struct guest *guest, struct arena *arena, struct str *ret_words)
{
    struct words words;
    struct text text;
    if (!words_of_name(guest->details.name, arena, &words))
        return store_out_of_memory(store);
    text_init(&text, arena, 64);
    for (size_t i = 0; i < words.count; i++) {
        if (i > 0)
            text_put_char(&text, ' ');
        text_put(&text, words.items[i]);
    }
    *ret_words = text_str(&text);
    return text.overflowed ? store_out_of_memory(store) : DB_OK;
}

static bool
decode_named_guest(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct store_named_guest *guest = item;
    if (!store_decode_guest(rows, arena, &guest->guest))
        return false;
    guest->words = arena_copy_str(arena, db_column_str(rows, 7));
    return true;
}

enum db_status
store_page_guests(struct store *store, uint32_t property, struct id after, int64_t limit, struct arena *arena,
                  struct store_named_guest **ret_guests, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status =
        store_collect(store, STMT_GUEST_PAGE, STORE_VALUES(db_int(property), store_id(after, &cell), db_int(limit)),
                      arena, sizeof(struct store_named_guest), decode_named_guest, &items, ret_count);
    *ret_guests = items;
    return status;
}

static enum db_status
insert_word(struct store *store, uint32_t property, int64_t part, const struct store_word *word)
{
    struct store_id_cell booking;
    return db_run(store->connection, STMT_WORD_INSERT,
                  STORE_VALUES(db_int(property), db_int(part), db_text(word->word), store_id(word->booking, &booking)),
                  NULL, &store->err);
}

/* -- the words of bookings -- */

/* A booking with all words of one of its guests. */
struct named {
    struct id booking;
    struct str words;
};

static bool
decode_named(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct named *named = item;
    named->booking = store_column_id(rows, 0);
    named->words = arena_copy_str(arena, db_column_str(rows, 1));
    return true;
}

static size_t
count_words(struct str words)
{
    size_t count = words.len > 0;
    for (size_t i = 0; i < words.len; i++)
        count += words.ptr[i] == ' ';
    return count;
}

int
store_compare_words(const struct store_word *a, const struct store_word *b)
{
    int order = str_compare(a->word, b->word);
    return order != 0 ? order : id_compare(a->booking, b->booking);
}

static int
compare(const void *a, const void *b)
{
    return store_compare_words(a, b);
}

/* Of the bookings whose codes have the numbers [from, until). */
static enum db_status
collect_words(struct store *store, uint32_t property, int64_t from, int64_t until, struct arena *arena,
              struct store_word **ret_words, size_t *ret_count)
{
    void *items;
    size_t named_count, count = 0, room = 0;
    enum db_status status =
        store_collect(store, STMT_WORDS_OF_BOOKINGS, STORE_VALUES(db_int(property), db_int(from), db_int(until)), arena,
                      sizeof(struct named), decode_named, &items, &named_count);
    if (status != DB_OK)
        return status;
    const struct named *named = items;
    for (size_t i = 0; i < named_count; i++)
        room += count_words(named[i].words);
    struct store_word *words = ARENA_ARRAY(arena, room + 1, struct store_word);
    if (words == NULL)
        return store_out_of_memory(store);
    for (size_t i = 0; i < named_count; i++)
        for (struct str rest = named[i].words; rest.len > 0;)
            words[count++] = (struct store_word){.word = str_split(&rest, ' '), .booking = named[i].booking};
    qsort(words, count, sizeof(*words), compare);
    *ret_words = words;
    *ret_count = count;
    return DB_OK;
}

enum db_status
store_collect_words(struct store *store, uint32_t property, int64_t part, struct arena *arena,
                    struct store_word **ret_words, size_t *ret_count)
{
    int64_t from = part * STORE_WORD_PART;
    return collect_words(store, property, from, from + STORE_WORD_PART, arena, ret_words, ret_count);
}

enum db_status
store_add_words(struct store *store, uint32_t property, int64_t code_number, struct arena *arena)
{
    struct store_word *words = NULL;
    size_t count = 0;
    enum db_status status = collect_words(store, property, code_number, code_number + 1, arena, &words, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = insert_word(store, property, code_number / STORE_WORD_PART, &words[i]);
    return status;
}

enum db_status
store_renew_words(struct store *store, uint32_t property, int64_t code_number, struct id booking, struct arena *arena)
{
    struct store_id_cell id;
    enum db_status status =
        db_run(store->connection, STMT_WORD_DELETE,
               STORE_VALUES(db_int(property), db_int(code_number / STORE_WORD_PART), store_id(booking, &id)), NULL,
               &store->err);
    return status == DB_OK ? store_add_words(store, property, code_number, arena) : status;
}

/* -- a guest who changes -- */

struct numbered {
    struct id booking;
    int64_t number;
    bool is_theirs; /* they made it; else they come along */
};

static bool
decode_numbered(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct numbered *numbered = item;
    (void)arena;
    numbered->booking = store_column_id(rows, 0);
    numbered->number = db_column_i64(rows, 1);
    numbered->is_theirs = db_column_i64(rows, 2) != 0;
    return true;
}

/* The booking is found by the new name and no longer by the old one; of an erased guest no word is left anywhere. What
 * was written about a booking is about the guest who made it. */
static enum db_status
change_booking(struct store *store, uint32_t property, const struct numbered *booking, const struct guest *guest,
               struct arena *arena)
{
    struct store_id_cell id;
    enum db_status status = store_renew_words(store, property, booking->number, booking->booking, arena);
    if (status == DB_OK && guest->erased_at != 0 && booking->is_theirs)
        return db_run(store->connection, STMT_TEXT_DELETE_OF,
                      STORE_VALUES(db_int(property), store_id(booking->booking, &id)), NULL, &store->err);
    return status;
}

enum db_status
store_change_guest(struct store *store, uint32_t property, const struct guest *guest, struct arena *arena)
{
    struct store_id_cell id;
    struct str words;
    void *items;
    size_t count;
    enum db_status status = store_guest_words(store, guest, arena, &words);
    if (status == DB_OK)
        status = store_run_one(store, STMT_GUEST_UPDATE,
                               STORE_VALUES(db_text(guest->details.name), store_text_or_null(guest->details.email),
                                            store_text_or_null(guest->details.phone), db_int(guest->version),
                                            db_text(words), store_time_or_null(guest->erased_at), db_int(property),
                                            store_id(guest->id, &id), db_int(guest->version - 1)));
    if (status == DB_OK)
        status = store_collect(store, STMT_GUEST_BOOKINGS, STORE_VALUES(db_int(property), store_id(guest->id, &id)),
                               arena, sizeof(struct numbered), decode_numbered, &items, &count);
    if (status != DB_OK)
        return status;
    const struct numbered *bookings = items;
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = change_booking(store, property, &bookings[i], guest, arena);
    return status;
}

/* -- the words of a part -- */

static bool
decode_word(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct store_word *word = item;
    word->word = arena_copy_str(arena, db_column_str(rows, 0));
    word->booking = store_column_id(rows, 1);
    return true;
}

enum db_status
store_list_words(struct store *store, uint32_t property, int64_t part, struct arena *arena,
                 struct store_word **ret_words, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect(store, STMT_WORD_LIST, STORE_VALUES(db_int(property), db_int(part)), arena,
                                          sizeof(struct store_word), decode_word, &items, ret_count);
    *ret_words = items;
    return status;
}

static enum db_status
close_part(struct store *store, uint32_t property, int64_t part, struct arena *arena)
{
    struct store_word *words = NULL;
    size_t count = 0;
    enum db_status status = store_collect_words(store, property, part, arena, &words, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = insert_word(store, property, part, &words[i]);
    return status;
}

enum db_status
store_close_word_parts(struct store *store, uint32_t property, int64_t from, int64_t until, struct arena *arena)
{
    enum db_status status = DB_OK;
    for (int64_t part = from / STORE_WORD_PART; status == DB_OK && part < until / STORE_WORD_PART; part++)
        status = close_part(store, property, part, arena);
    return status;
}
