# Tests that make check runs.  Those that need a cluster, nginx or a browser are run by ops/test.
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT;

include tests/unit/local.mk
include tests/unit/db.mk
include tests/unit/http.mk
include tests/unit/rules.mk
include tests/unit/seal.mk
include tests/fuzz/local.mk

# Run by ops/test; folders as they are, because a test file is found by its place.
EXTRA_DIST += tests/package.json tests/package-lock.json tests/.npmrc tests/support tests/lint tests/http tests/browser tests/mutants tests/sql
dist-hook:
	rm -rf "$(distdir)/tests/browser/shots"
