# Rules: pure domain logic on text and numbers.  No input, no output; from core only arena, buf, str, err.
noinst_LIBRARIES += librules.a
librules_a_SOURCES = \
  cgi/rules/day.c cgi/rules/day.h \
  cgi/rules/demand.c cgi/rules/demand.h \
  cgi/rules/evidence_chain.c cgi/rules/evidence_chain.h \
  cgi/rules/evidence_match.c cgi/rules/evidence_match.h \
  cgi/rules/finding.c cgi/rules/finding.h \
  cgi/rules/intervals.c cgi/rules/intervals.h \
  cgi/rules/masking.c cgi/rules/masking.h \
  cgi/rules/money.c cgi/rules/money.h \
  cgi/rules/number_key.c cgi/rules/number_key.h \
  cgi/rules/responsibility.c cgi/rules/responsibility.h \
  cgi/rules/screen.c cgi/rules/screen.h \
  cgi/rules/settlement.c cgi/rules/settlement.h \
  cgi/rules/specific.c cgi/rules/specific.h \
  cgi/rules/text.c cgi/rules/text.h \
  cgi/rules/withdrawal.c cgi/rules/withdrawal.h \
  cgi/rules/wording.c cgi/rules/wording.h \
  cgi/rules/wording_match.c cgi/rules/wording_match.h
