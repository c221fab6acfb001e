# Tests that make check runs.  Those that need a cluster, nginx or a browser are run by ops/test.
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT;

include tests/unit/local.mk
include tests/unit/db.mk
include tests/unit/http.mk
include tests/unit/rules.mk
include tests/unit/seal.mk
include tests/fuzz/local.mk
include tests/probe/local.mk
include tests/bench/local.mk

# Run by ops/test; folders as they are, because a test file is found by its place.
EXTRA_DIST += tests/package.json tests/package-lock.json tests/.npmrc tests/support tests/lint tests/http tests/browser tests/mutants tests/sql \
  tests/durability tests/bench
dist-hook:
	rm -rf "$(distdir)/tests/browser/shots"

# clang-tidy over all that is compiled (.clang-tidy says what it looks for).  TIDY_ARGS: further words for it.
TIDY_FLAGS = -std=gnu11 $(DEFS) -Icgi $(AM_CPPFLAGS) $(CPPFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(CRYPTO_CFLAGS) $(PQ_CFLAGS) $(OATH_CFLAGS) \
  $(CURL_CFLAGS) $(PANGO_CFLAGS) $(QRENCODE_CFLAGS) $(IMAGE_CFLAGS) $(MAGIC_CFLAGS)
.PHONY: tidy
tidy: $(BUILT_SOURCES)
	printf '%s\n' $(TIDY_FLAGS) >compile_flags.txt
	find $(abs_srcdir)/cgi -name '*.c' -print0 | sort -z | xargs -0 -n 8 -P "$$(nproc)" clang-tidy-14 --quiet -p . $(TIDY_ARGS) 2>/dev/null
CLEANFILES += compile_flags.txt
