/* The suite's tables in SQLite's words, for the engines that are SQLite underneath. */
#ifndef NIGHTLATCH_TESTS_CONTRACT_SCHEMA_SQLITE_H
#define NIGHTLATCH_TESTS_CONTRACT_SCHEMA_SQLITE_H

#define SCHEMA_SQLITE                                                                                                  \
    "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> 'refused'), payload BLOB UNIQUE,"             \
    "                   amount INTEGER) STRICT;"                                                                       \
    "CREATE TABLE part (id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES item (id)) STRICT;"                   \
    "CREATE TRIGGER item_guard BEFORE INSERT ON item WHEN NEW.amount = 13"                                             \
    " BEGIN SELECT RAISE(ABORT, 'guarded'); END;"

#endif
