# Fuzz targets: one program a parser.  make check replays the inputs that are kept; with --enable-fuzzers (clang) the same programs are
# driven by libFuzzer instead, and tests/fuzz/run runs them.
check_LIBRARIES += tests/fuzz/libfuzz.a
tests_fuzz_libfuzz_a_SOURCES = tests/fuzz/fuzz.c tests/fuzz/fuzz.h
fuzz_targets = \
  tests/fuzz/fuzz_query tests/fuzz/fuzz_field tests/fuzz/fuzz_date tests/fuzz/fuzz_multipart tests/fuzz/fuzz_part \
  tests/fuzz/fuzz_request tests/fuzz/fuzz_path tests/fuzz/fuzz_json tests/fuzz/fuzz_mustache tests/fuzz/fuzz_code tests/fuzz/fuzz_token \
  tests/fuzz/fuzz_config tests/fuzz/fuzz_locale tests/fuzz/fuzz_wording tests/fuzz/fuzz_number tests/fuzz/fuzz_frames \
  tests/fuzz/fuzz_look tests/fuzz/fuzz_csv
check_PROGRAMS += $(fuzz_targets)
if !FUZZERS
tests_fuzz_libfuzz_a_SOURCES += tests/fuzz/replay.c
TESTS += $(fuzz_targets)
endif
fuzz_libs = tests/fuzz/libfuzz.a $(AIDDESK_LIBS) $(AD_FUZZ_LIBS)
EXTRA_DIST += tests/fuzz/run tests/fuzz/corpus tests/fuzz/regressions

tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz_query.c
tests_fuzz_fuzz_query_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_field_SOURCES = tests/fuzz/fuzz_field.c
tests_fuzz_fuzz_field_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_date_SOURCES = tests/fuzz/fuzz_date.c
tests_fuzz_fuzz_date_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_multipart_SOURCES = tests/fuzz/fuzz_multipart.c
tests_fuzz_fuzz_multipart_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_part_SOURCES = tests/fuzz/fuzz_part.c
tests_fuzz_fuzz_part_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_request_SOURCES = tests/fuzz/fuzz_request.c
tests_fuzz_fuzz_request_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_path_SOURCES = tests/fuzz/fuzz_path.c
tests_fuzz_fuzz_path_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c
tests_fuzz_fuzz_json_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_mustache_SOURCES = tests/fuzz/fuzz_mustache.c
tests_fuzz_fuzz_mustache_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_code_SOURCES = tests/fuzz/fuzz_code.c
tests_fuzz_fuzz_code_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_token_SOURCES = tests/fuzz/fuzz_token.c
tests_fuzz_fuzz_token_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c
tests_fuzz_fuzz_config_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_locale_SOURCES = tests/fuzz/fuzz_locale.c
tests_fuzz_fuzz_locale_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_wording_SOURCES = tests/fuzz/fuzz_wording.c
tests_fuzz_fuzz_wording_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_number_SOURCES = tests/fuzz/fuzz_number.c
tests_fuzz_fuzz_number_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_frames_SOURCES = tests/fuzz/fuzz_frames.c
tests_fuzz_fuzz_frames_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz_csv.c
tests_fuzz_fuzz_csv_LDADD = $(fuzz_libs)
# Looks at the parts of aiddesk-inspect that read structures themselves.
tests_fuzz_fuzz_look_SOURCES = tests/fuzz/fuzz_look.c cgi/inspect/look.h cgi/inspect/text.c cgi/inspect/container.c cgi/inspect/jpeg.c \
  cgi/inspect/shrink.c
tests_fuzz_fuzz_look_CFLAGS = $(AM_CFLAGS) $(IMAGE_CFLAGS)
tests_fuzz_fuzz_look_LDADD = $(fuzz_libs) $(IMAGE_LIBS)
