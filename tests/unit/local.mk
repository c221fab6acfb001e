# Unit tests: one program a module, TAP on standard output, the log of a failed one is printed by make check.
check_LIBRARIES = tests/unit/libunit.a
tests_unit_libunit_a_SOURCES = tests/unit/unit.c tests/unit/unit.h
unit_libs = tests/unit/libunit.a $(AIDDESK_LIBS) $(CMOCKA_LIBS)

base_tests = \
  tests/unit/test_arena tests/unit/test_buf tests/unit/test_str tests/unit/test_err tests/unit/test_clock tests/unit/test_log \
  tests/unit/test_json tests/unit/test_load tests/unit/test_config tests/unit/test_mustache tests/unit/test_locale tests/unit/test_view \
  tests/unit/test_csv tests/unit/test_digest tests/unit/test_qr tests/unit/test_planted
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)
EXTRA_DIST += tests/unit/mustache

tests_unit_test_arena_SOURCES = tests/unit/test_arena.c
tests_unit_test_arena_LDADD = $(unit_libs)
tests_unit_test_buf_SOURCES = tests/unit/test_buf.c
tests_unit_test_buf_LDADD = $(unit_libs)
tests_unit_test_str_SOURCES = tests/unit/test_str.c
tests_unit_test_str_LDADD = $(unit_libs)
tests_unit_test_err_SOURCES = tests/unit/test_err.c
tests_unit_test_err_LDADD = $(unit_libs)
tests_unit_test_clock_SOURCES = tests/unit/test_clock.c
tests_unit_test_clock_LDADD = $(unit_libs)
tests_unit_test_log_SOURCES = tests/unit/test_log.c
tests_unit_test_log_LDADD = $(unit_libs)
tests_unit_test_json_SOURCES = tests/unit/test_json.c
tests_unit_test_json_LDADD = $(unit_libs)
tests_unit_test_load_SOURCES = tests/unit/test_load.c
tests_unit_test_load_LDADD = $(unit_libs)
tests_unit_test_config_SOURCES = tests/unit/test_config.c
tests_unit_test_config_LDADD = $(unit_libs)
tests_unit_test_mustache_SOURCES = tests/unit/test_mustache.c
tests_unit_test_mustache_LDADD = $(unit_libs)
tests_unit_test_locale_SOURCES = tests/unit/test_locale.c
tests_unit_test_locale_LDADD = $(unit_libs)
tests_unit_test_view_SOURCES = tests/unit/test_view.c
tests_unit_test_view_LDADD = $(unit_libs)
tests_unit_test_csv_SOURCES = tests/unit/test_csv.c
tests_unit_test_csv_LDADD = $(unit_libs)
tests_unit_test_digest_SOURCES = tests/unit/test_digest.c
tests_unit_test_digest_LDADD = $(unit_libs)
tests_unit_test_planted_SOURCES = tests/unit/test_planted.c
tests_unit_test_planted_LDADD = $(unit_libs)
tests_unit_test_qr_SOURCES = tests/unit/test_qr.c
tests_unit_test_qr_LDADD = $(unit_libs)
