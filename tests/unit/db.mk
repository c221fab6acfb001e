# Tests of core/db: they need the cluster that ops/test starts (db_cluster.h) and are skipped without it.
check_PROGRAMS += tests/unit/test_db tests/unit/test_db_faults
TESTS += tests/unit/test_db tests/unit/test_db_faults
db_cluster = tests/unit/db_cluster.c tests/unit/db_cluster.h
db_test_libs = $(AIDDESK_LIBS) $(CMOCKA_LIBS)
tests_unit_test_db_SOURCES = tests/unit/test_db.c $(db_cluster)
tests_unit_test_db_LDADD = $(db_test_libs)
tests_unit_test_db_faults_SOURCES = tests/unit/test_db_faults.c $(db_cluster)
tests_unit_test_db_faults_LDADD = $(db_test_libs)
EXTRA_DIST += tests/unit/db-fixture.sql
