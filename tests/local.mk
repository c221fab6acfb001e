# Tests that make check runs.  Those that need a cluster, nginx or a browser are run by ops/test.
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT;

include tests/unit/local.mk
include tests/unit/db.mk
include tests/unit/rules.mk
