/*
 * db_cluster: a real PostgreSQL for the tests of core/db.  It starts nothing itself: AIDDESK_TEST_PG names the socket folder of a
 * throw-away cluster with trust authentication, AIDDESK_TEST_PG_PORT its port (5432), AIDDESK_TEST_PG_USER its superuser (postgres).
 * Without AIDDESK_TEST_PG the program says so and exits with 77, which automake counts as skipped.  It makes the database
 * aiddesk_unit_db and the role aiddesk_unit from db-fixture.sql and drops both; an advisory lock of the cluster lets one such program
 * run after the other.
 */
#ifndef AIDDESK_TESTS_DB_CLUSTER_H
#define AIDDESK_TESTS_DB_CLUSTER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"

struct fixture {
    struct arena *arena;  /* as long as the program */
    struct config config; /* where the database is */
    struct db *db;        /* role aiddesk_unit: deadline 1,500 ms, statement_timeout 800 ms */
    struct db *lock;      /* superuser in another database: one such program at a time */
    struct db *admin;     /* superuser, always inside a request */
};

/* Each test is one request, and fails when it leaves a transaction open. */
#define CLUSTER_TEST(name) cmocka_unit_test_setup_teardown(name, cluster_begin, cluster_end)
int cluster_begin(void **state);
int cluster_end(void **state);
/* Runs tests that get a struct fixture; the exit code of main. */
int cluster_run(const struct CMUnitTest *tests, size_t n);

/* Runs SQL as the superuser; fails the test with the server's words. */
void script(struct db *admin, const char *text);
/* A second superuser's connection, inside a request. */
struct db *open_admin(struct fixture *f, const char *database);
/* A new request within a test: a new deadline. */
void next_request(struct fixture *f);
/* Number of rows of unit.row with this id. */
int64_t count(struct fixture *f, int64_t id);
/* Process id of the server's backend. */
int64_t backend(struct fixture *f);
/* Ends the server's side of every connection of aiddesk_unit. */
void kill_backend(struct fixture *f);
/* Inserts into unit.row; some words do things at COMMIT (db-fixture.sql). */
enum err add(struct fixture *f, int64_t id, const char *word);

#endif
