/* Whoever looks for a guest by name finds every booking of theirs: the words in the guests' rows are those of the
 * names, and what is written down of a complete part has them all. */
#include "engine/check_part.h"
#include "store/store_words.h"

/* Both are in one order; more may be there than is needed. */
static void
compare_part(struct check_run *run, const struct store_word *needed, size_t needed_count,
             const struct store_word *there, size_t there_count)
{
    size_t at = 0;
    for (size_t i = 0; i < needed_count; i++) {
        while (at < there_count && store_compare_words(&there[at], &needed[i]) < 0)
            at++;
        if (at == there_count || store_compare_words(&there[at], &needed[i]) != 0)
            check_find_id(run, needed[i].booking, STR("a word of its guest's name does not lead to it"));
    }
}

static enum db_status
check_part(struct check_run *run, int64_t part)
{
    struct store_word *needed, *there;
    size_t needed_count, there_count;
    arena_reset(run->page);
    enum db_status status = store_collect_words(run->store, run->property, part, run->page, &needed, &needed_count);
    if (status == DB_OK)
        status = store_list_words(run->store, run->property, part, run->page, &there, &there_count);
    if (status == DB_OK)
        compare_part(run, needed, needed_count, there, there_count);
    return status;
}

enum db_status
check_guest_words(struct check_run *run)
{
    struct id after = ID_NONE;
    struct store_named_guest *guests;
    size_t count = 0;
    do {
        arena_reset(run->page);
        enum db_status status =
            store_page_guests(run->store, run->property, after, CHECK_PAGE, run->page, &guests, &count);
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            struct str words;
            after = guests[i].guest.id;
            status = store_guest_words(run->store, &guests[i].guest, run->page, &words);
            if (status == DB_OK && !str_equal(words, guests[i].words))
                check_find_id(run, after, STR("the guest's words are not those of the name"));
        }
        if (status != DB_OK)
            return status;
    } while (count == CHECK_PAGE);
    return DB_OK;
}

enum db_status
check_words(struct check_run *run)
{
    struct store_head head;
    enum db_status status = store_load_head(run->store, run->property, &head);
    for (int64_t part = 0; status == DB_OK && part < head.next_code / STORE_WORD_PART; part++)
        status = check_part(run, part);
    return status;
}
