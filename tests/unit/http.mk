# Tests of the HTTP part of core.
http_tests = \
  tests/unit/test_form tests/unit/test_form_parse tests/unit/test_route tests/unit/test_request tests/unit/test_multipart \
  tests/unit/test_serve tests/unit/test_serve_who tests/unit/test_metrics tests/unit/test_fcgi tests/unit/test_sandbox
check_PROGRAMS += $(http_tests)
TESTS += $(http_tests)

tests_unit_test_form_SOURCES = tests/unit/test_form.c
tests_unit_test_form_LDADD = $(unit_libs)
tests_unit_test_form_parse_SOURCES = tests/unit/test_form_parse.c
tests_unit_test_form_parse_LDADD = $(unit_libs)
tests_unit_test_route_SOURCES = tests/unit/test_route.c
tests_unit_test_route_LDADD = $(unit_libs)
tests_unit_test_request_SOURCES = tests/unit/test_request.c
tests_unit_test_request_LDADD = $(unit_libs)
tests_unit_test_multipart_SOURCES = tests/unit/test_multipart.c
tests_unit_test_multipart_LDADD = $(unit_libs)
serve_program = tests/unit/serve_program.c tests/unit/serve_program.h
tests_unit_test_serve_SOURCES = tests/unit/test_serve.c $(serve_program)
tests_unit_test_serve_LDADD = $(unit_libs)
tests_unit_test_serve_who_SOURCES = tests/unit/test_serve_who.c $(serve_program)
tests_unit_test_serve_who_LDADD = $(unit_libs)
tests_unit_test_metrics_SOURCES = tests/unit/test_metrics.c
tests_unit_test_metrics_LDADD = $(unit_libs)
tests_unit_test_fcgi_SOURCES = tests/unit/test_fcgi.c tests/unit/fcgi_client.c tests/unit/fcgi_client.h
tests_unit_test_fcgi_LDADD = $(unit_libs)
tests_unit_test_sandbox_SOURCES = tests/unit/test_sandbox.c
tests_unit_test_sandbox_LDADD = $(unit_libs)
