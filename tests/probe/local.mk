# Probes: every program linked a second time with one function replaced (tests/probe/probe.h).  Built by tests/http/sandbox.test.mjs with
# `make probes`, and by nobody else.
probe_programs = tests/probe/aiddesk-intake tests/probe/aiddesk-track tests/probe/aiddesk-account tests/probe/aiddesk-desk \
  tests/probe/aiddesk-report tests/probe/aiddesk-worker tests/probe/aiddesk-inspect
EXTRA_PROGRAMS += $(probe_programs)
CLEANFILES += $(probe_programs)
.PHONY: probes
probes: $(probe_programs)

probe_steps = tests/probe/probe.h tests/probe/steps.c
probe_serve = $(probe_steps) tests/probe/sql.c tests/probe/serve.c
probe_serve_ldflags = $(AM_LDFLAGS) -Wl,--wrap=serve_main

tests_probe_aiddesk_intake_SOURCES = $(aiddesk_intake_SOURCES) $(probe_serve)
tests_probe_aiddesk_intake_LDADD = $(aiddesk_intake_LDADD)
tests_probe_aiddesk_intake_LDFLAGS = $(probe_serve_ldflags)
tests_probe_aiddesk_track_SOURCES = $(aiddesk_track_SOURCES) $(probe_serve)
tests_probe_aiddesk_track_LDADD = $(aiddesk_track_LDADD)
tests_probe_aiddesk_track_LDFLAGS = $(probe_serve_ldflags)
tests_probe_aiddesk_account_SOURCES = $(aiddesk_account_SOURCES) $(probe_serve)
nodist_tests_probe_aiddesk_account_SOURCES = $(nodist_aiddesk_account_SOURCES)
tests_probe_aiddesk_account_CPPFLAGS = $(aiddesk_account_CPPFLAGS)
tests_probe_aiddesk_account_LDADD = $(aiddesk_account_LDADD)
tests_probe_aiddesk_account_LDFLAGS = $(probe_serve_ldflags)
tests_probe_aiddesk_desk_SOURCES = $(aiddesk_desk_SOURCES) $(probe_serve)
tests_probe_aiddesk_desk_LDADD = $(aiddesk_desk_LDADD)
tests_probe_aiddesk_desk_LDFLAGS = $(probe_serve_ldflags)
tests_probe_aiddesk_report_SOURCES = $(aiddesk_report_SOURCES) $(probe_serve)
tests_probe_aiddesk_report_LDADD = $(aiddesk_report_LDADD)
tests_probe_aiddesk_report_LDFLAGS = $(probe_serve_ldflags)
tests_probe_aiddesk_worker_SOURCES = $(aiddesk_worker_SOURCES) $(probe_steps) tests/probe/sql.c tests/probe/work.c
tests_probe_aiddesk_worker_LDADD = $(aiddesk_worker_LDADD)
tests_probe_aiddesk_worker_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=metrics_answer
tests_probe_aiddesk_inspect_SOURCES = $(aiddesk_inspect_SOURCES) $(probe_steps) tests/probe/decode.c
tests_probe_aiddesk_inspect_CFLAGS = $(aiddesk_inspect_CFLAGS)
tests_probe_aiddesk_inspect_LDADD = $(aiddesk_inspect_LDADD)
tests_probe_aiddesk_inspect_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=type_of
