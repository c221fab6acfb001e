# Tests of cgi/rules, and of documents, charts and mail.
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

document_tests = tests/unit/test_pdf tests/unit/test_chart tests/unit/test_mail_message tests/unit/test_letters
check_PROGRAMS += $(document_tests)
TESTS += $(document_tests)
document_libs = tests/unit/libunit.a libletters.a libdocument.a $(AIDDESK_LIBS) $(PANGO_LIBS) $(QRENCODE_LIBS) $(CURL_LIBS) $(CMOCKA_LIBS)
tests_unit_test_pdf_SOURCES = tests/unit/test_pdf.c
tests_unit_test_pdf_CFLAGS = $(AM_CFLAGS) $(PANGO_CFLAGS)
tests_unit_test_pdf_LDADD = $(document_libs)
tests_unit_test_chart_SOURCES = tests/unit/test_chart.c
tests_unit_test_chart_LDADD = $(document_libs)
tests_unit_test_mail_message_SOURCES = tests/unit/test_mail_message.c
tests_unit_test_mail_message_LDADD = $(document_libs)
tests_unit_test_letters_SOURCES = tests/unit/test_letters.c
tests_unit_test_letters_LDADD = $(document_libs)
EXTRA_DIST += tests/unit/letters
