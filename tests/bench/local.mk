# The program that pages are measured against; built by tests/bench/run only (`make tests/bench/bare`).
EXTRA_PROGRAMS += tests/bench/bare
tests_bench_bare_SOURCES = tests/bench/bare.c
tests_bench_bare_CPPFLAGS =
tests_bench_bare_LDADD = $(FCGI_LIBS) $(PQ_LIBS)
