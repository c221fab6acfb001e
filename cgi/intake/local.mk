pkglibexec_PROGRAMS += aiddesk-intake
aiddesk_intake_SOURCES = cgi/intake/main.c cgi/intake/intake.h cgi/intake/draft.c cgi/intake/steps.c cgi/intake/code.c \
  cgi/intake/info.c cgi/intake/platform.c cgi/intake/story.c cgi/intake/evidence.c cgi/intake/contact.c cgi/intake/summary.c \
  cgi/intake/check.c cgi/intake/submit.c cgi/intake/receipt.c cgi/intake/receipt_pdf.c cgi/intake/resume.c cgi/intake/health.c
aiddesk_intake_LDADD = libletters.a libdocument.a $(AIDDESK_LIBS) $(PANGO_LIBS)
