# Tests of sealing, codes, sessions and inspection.
seal_tests = tests/unit/test_token tests/unit/test_seal tests/unit/test_seal_file tests/unit/test_seal_keys \
  tests/unit/test_session tests/unit/test_totp tests/unit/test_inspect tests/unit/test_look
check_PROGRAMS += $(seal_tests)
TESTS += $(seal_tests)
vector_sources = tests/unit/vector.c tests/unit/vector.h
tests_unit_test_token_SOURCES = tests/unit/test_token.c $(vector_sources)
tests_unit_test_token_LDADD = $(unit_libs)
tests_unit_test_seal_SOURCES = tests/unit/test_seal.c $(vector_sources)
tests_unit_test_seal_LDADD = $(unit_libs)
tests_unit_test_seal_file_SOURCES = tests/unit/test_seal_file.c $(vector_sources)
tests_unit_test_seal_file_LDADD = $(unit_libs)
tests_unit_test_seal_keys_SOURCES = tests/unit/test_seal_keys.c $(vector_sources)
tests_unit_test_seal_keys_LDADD = $(unit_libs)
tests_unit_test_session_SOURCES = tests/unit/test_session.c $(vector_sources)
tests_unit_test_session_LDADD = $(unit_libs)
tests_unit_test_totp_SOURCES = tests/unit/test_totp.c $(vector_sources)
tests_unit_test_totp_LDADD = $(unit_libs)
tests_unit_test_inspect_SOURCES = tests/unit/test_inspect.c
tests_unit_test_inspect_LDADD = $(unit_libs)
# Starts the built program (make check builds all first), and decodes its previews.
tests_unit_test_look_SOURCES = tests/unit/test_look.c
tests_unit_test_look_CFLAGS = $(AM_CFLAGS) $(IMAGE_CFLAGS)
tests_unit_test_look_LDADD = $(unit_libs) $(IMAGE_LIBS)
EXTRA_DIST += tests/unit/vectors tests/unit/samples
# Needs the cluster of db_cluster.h, as tests/unit/db.mk says.
check_PROGRAMS += tests/unit/test_file
TESTS += tests/unit/test_file
tests_unit_test_file_SOURCES = tests/unit/test_file.c $(db_cluster)
tests_unit_test_file_LDADD = $(unit_libs)
EXTRA_DIST += tests/unit/file-fixture.sql
