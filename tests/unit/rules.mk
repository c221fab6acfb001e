# Tests of cgi/rules.
rules_tests = \
  tests/unit/test_wording tests/unit/test_money tests/unit/test_masking tests/unit/test_rules_texts tests/unit/test_rules_case \
  tests/unit/test_rules_evidence tests/unit/test_rules_settlement
check_PROGRAMS += $(rules_tests)
TESTS += $(rules_tests)

tests_unit_test_wording_SOURCES = tests/unit/test_wording.c
tests_unit_test_wording_LDADD = $(unit_libs)
tests_unit_test_money_SOURCES = tests/unit/test_money.c
tests_unit_test_money_LDADD = $(unit_libs)
tests_unit_test_masking_SOURCES = tests/unit/test_masking.c
tests_unit_test_masking_LDADD = $(unit_libs)
tests_unit_test_rules_texts_SOURCES = tests/unit/test_rules_texts.c
tests_unit_test_rules_texts_LDADD = $(unit_libs)
tests_unit_test_rules_case_SOURCES = tests/unit/test_rules_case.c
tests_unit_test_rules_case_LDADD = $(unit_libs)
tests_unit_test_rules_evidence_SOURCES = tests/unit/test_rules_evidence.c
tests_unit_test_rules_evidence_LDADD = $(unit_libs)
tests_unit_test_rules_settlement_SOURCES = tests/unit/test_rules_settlement.c
tests_unit_test_rules_settlement_LDADD = $(unit_libs)
