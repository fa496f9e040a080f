/* Finding bookings by any word of their guests' names: of the one who booked, and of those who come along.
 *
 * A row per word in one index would be written to all over: every booking would dirty a page of its own for each word.
 * So the numbers of booking codes, which are given out one after another, are cut into parts of STORE_WORD_PART. While
 * a part is open its bookings have no rows here: who looks for a name reads those few by their guests. When the numbers
 * have passed it, the words of its bookings are written at once, in order, at the end of the table; a look-up goes
 * through the parts, one short descent each. A booking whose guest changes has the new words written beside the old
 * ones: a row only says where to look, and what is found is compared with the guest.
 *
 * As in store.h: results in the arena, DB_OK or how it failed. */
#ifndef NIGHTLATCH_STORE_STORE_WORDS_H
#define NIGHTLATCH_STORE_STORE_WORDS_H

#include "store/store.h"

enum { STORE_WORD_PART = 512 /* numbers of codes; stored, so it never changes */ };

struct store_word {
    struct str word; /* util/words.h */
    struct id booking;
};

/* The order of both lists below, by word, then by id: <0, 0, >0. */
int store_compare_words(const struct store_word *a, const struct store_word *b);

/* The words by which the bookings of a part are to be found: those of their present guests, in order of word, then of
 * id; one that two of them have is there twice. */
enum db_status store_collect_words(struct store *store, uint32_t property, int64_t part, struct arena *arena,
                                   struct store_word **ret_words, size_t *ret_count) STORE_CHECKED;

/* The words that are written down of a part, in the same order; a booking may have more than it needs. */
enum db_status store_list_words(struct store *store, uint32_t property, int64_t part, struct arena *arena,
                                struct store_word **ret_words, size_t *ret_count) STORE_CHECKED;

/* Writes the words of every part that ends when the numbers grow from `from` to `until`, the next one to be given out
 * then. In the transaction that gives them out. */
enum db_status store_close_word_parts(struct store *store, uint32_t property, int64_t from, int64_t until,
                                      struct arena *arena) STORE_CHECKED;

/* Writes the words of all guests of the booking whose code has this number, as it is stored now: somebody is new to it.
 * And the same without those of anybody else: somebody has left it. */
enum db_status store_add_words(struct store *store, uint32_t property, int64_t code_number,
                               struct arena *arena) STORE_CHECKED;
enum db_status store_renew_words(struct store *store, uint32_t property, int64_t code_number, struct id booking,
                                 struct arena *arena) STORE_CHECKED;

/* Writes the next version of a guest who is there, and everything that follows from it: their bookings are found by the
 * new name alone, as are those they come along with. Of one who was erased no word is left, and the texts about the
 * bookings that they made go as well. */
enum db_status store_change_guest(struct store *store, uint32_t property, const struct guest *guest,
                                  struct arena *arena) STORE_CHECKED;

/* A guest with the words that the row has of the name. */
struct store_named_guest {
    struct guest guest;
    struct str words;
};

/* All guests in order of id, after `after`. */
enum db_status store_page_guests(struct store *store, uint32_t property, struct id after, int64_t limit,
                                 struct arena *arena, struct store_named_guest **ret_guests,
                                 size_t *ret_count) STORE_CHECKED;

/* The words of a guest's name as the guest's row keeps them, with a blank between. */
enum db_status store_guest_words(struct store *store, const struct guest *guest, struct arena *arena,
                                 struct str *ret_words) STORE_CHECKED;

#endif
