/* Between rows and structs: for the files of the store and nobody else.
 *
 * Decoders copy text into the arena and refuse a value that the schema's own checks should have kept out. */
#ifndef NIGHTLATCH_STORE_STORE_ROW_H
#define NIGHTLATCH_STORE_STORE_ROW_H

#include "store/store.h"

/* Reads the current row into *item; false when it can't be decoded. */
typedef bool (*store_decoder)(const struct db_rows *rows, struct arena *arena, void *item);

bool store_decode_property(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_room_type(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_room(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_room_state(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_text(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_claim(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_overcommit(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_night(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_booking(const struct db_rows *rows, struct arena *arena,
                          void *item); /* without its claims and companions */
bool store_decode_group(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_guest(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_hold(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_event(const struct db_rows *rows, struct arena *arena, void *item);
bool store_decode_id(const struct db_rows *rows, struct arena *arena, void *item);

/* An id column; none for an allowed NULL. */
struct id store_column_id(const struct db_rows *rows, int index);

/* An id as a parameter, in bytes that live as long as the cell. */
struct store_id_cell {
    unsigned char bytes[ID_BYTES];
};
struct db_value store_id(struct id id, struct store_id_cell *cell);
struct db_value store_id_or_null(struct id id, struct store_id_cell *cell);
/* Text, NULL when empty; an instant, NULL when 0. */
struct db_value store_text_or_null(struct str text);
struct db_value store_time_or_null(int64_t ms);

/* All rows of a statement as an array of `item_size` in the arena. */
enum db_status store_collect(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count,
                             struct arena *arena, size_t item_size, store_decoder decode, void **ret_items,
                             size_t *ret_count) STORE_CHECKED;

/* The same of a statement that takes a property, an id and a limit: its rows behind that id, at most so many. */
enum db_status store_collect_page(struct store *store, enum db_stmt stmt, uint32_t property, struct id after,
                                  int64_t limit, struct arena *arena, size_t item_size, store_decoder decode,
                                  void **ret_items, size_t *ret_count) STORE_CHECKED;

/* The first row of a statement; DB_OK or DB_NO_ROW. */
enum db_status store_fetch(struct store *store, enum db_stmt stmt, const struct db_value *values, int value_count,
                           struct arena *arena, store_decoder decode, void *item) STORE_CHECKED;

/* Like store_collect, added to an array that was collected before. */
enum db_status store_collect_more(struct store *store, enum db_stmt stmt, const struct db_value *values,
                                  int value_count, struct arena *arena, size_t item_size, store_decoder decode,
                                  void **items, size_t *count) STORE_CHECKED;

/* Runs a statement that must change exactly one row; another count is DB_CONFLICT with the statement's name. */
enum db_status store_run_one(struct store *store, enum db_stmt stmt, const struct db_value *values,
                             int value_count) STORE_CHECKED;

/* A full arena, as a failure. */
enum db_status store_out_of_memory(struct store *store);

#define STORE_VALUES(...)                                                                                              \
    ((const struct db_value[]){__VA_ARGS__}), (int)(sizeof((struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value))

#endif
