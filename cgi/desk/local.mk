pkglibexec_PROGRAMS += aiddesk-desk
aiddesk_desk_SOURCES = cgi/desk/main.c cgi/desk/desk.h cgi/desk/open_case.c cgi/desk/waiting.c cgi/desk/work.c cgi/desk/case.c \
  cgi/desk/talk.c cgi/desk/assign.c cgi/desk/review.c cgi/desk/frame.c cgi/desk/evidence.c cgi/desk/evidence_form.c cgi/desk/ready.c \
  cgi/desk/triage.c cgi/desk/contact.c cgi/desk/platform.c cgi/desk/lead.c \
  cgi/desk/files.c cgi/desk/document.c cgi/desk/document.h cgi/desk/letter.c cgi/desk/letter.h cgi/desk/letter_model.c cgi/desk/papers.c cgi/desk/viewer.c \
  cgi/desk/settlement.h cgi/desk/settlement.c cgi/desk/settlement_parts.c cgi/desk/settlement_terms.c cgi/desk/settlement_proof.c \
  cgi/desk/settlement_steps.c cgi/desk/settlement_paper.c cgi/desk/withdrawal.c cgi/desk/withdrawal_letter.c cgi/desk/close.c
aiddesk_desk_LDADD = libletters.a libdocument.a $(AIDDESK_LIBS) $(PANGO_LIBS)
aiddesk_desk_SOURCES += cgi/desk/demand.c cgi/desk/checks.c cgi/desk/channel.c cgi/desk/filing.c cgi/desk/filing_step.c cgi/desk/filing_next.c \
  cgi/desk/override.c cgi/desk/case_next.c
