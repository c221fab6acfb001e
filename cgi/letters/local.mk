# Letters: composers of documents on core (pdf, locale) and rules.  Link before librules and libdocument.
noinst_LIBRARIES += libletters.a
libletters_a_SOURCES = cgi/letters/letter.h cgi/letters/compose.h cgi/letters/compose.c cgi/letters/complaint.c \
  cgi/letters/settlement.c cgi/letters/withdrawal.c cgi/letters/evidence_list.c cgi/letters/receipt.c
