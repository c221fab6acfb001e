# Tests of cgi/rules, of documents (core/pdf), charts and letters.
rules_test_names = tests/unit/test_wording tests/unit/test_money tests/unit/test_masking tests/unit/test_rules_texts \
  tests/unit/test_rules_case tests/unit/test_rules_evidence tests/unit/test_rules_settlement
check_PROGRAMS += $(rules_test_names)
TESTS += $(rules_test_names)
rules_test_libs = $(AIDDESK_LIBS) $(CMOCKA_LIBS)
tests_unit_test_wording_SOURCES = tests/unit/test_wording.c tests/unit/unit.c tests/unit/unit.h
tests_unit_test_wording_LDADD = $(rules_test_libs)
tests_unit_test_money_SOURCES = tests/unit/test_money.c tests/unit/unit.c tests/unit/unit.h
tests_unit_test_money_LDADD = $(rules_test_libs)
tests_unit_test_masking_SOURCES = tests/unit/test_masking.c tests/unit/unit.c tests/unit/unit.h
tests_unit_test_masking_LDADD = $(rules_test_libs)
tests_unit_test_rules_texts_SOURCES = tests/unit/test_rules_texts.c tests/unit/unit.c tests/unit/unit.h
tests_unit_test_rules_texts_LDADD = $(rules_test_libs)
tests_unit_test_rules_case_SOURCES = tests/unit/test_rules_case.c tests/unit/unit.c tests/unit/unit.h
tests_unit_test_rules_case_LDADD = $(rules_test_libs)
tests_unit_test_rules_evidence_SOURCES = tests/unit/test_rules_evidence.c tests/unit/unit.c tests/unit/unit.h
tests_unit_test_rules_evidence_LDADD = $(rules_test_libs)
tests_unit_test_rules_settlement_SOURCES = tests/unit/test_rules_settlement.c tests/unit/unit.c tests/unit/unit.h
tests_unit_test_rules_settlement_LDADD = $(rules_test_libs)
