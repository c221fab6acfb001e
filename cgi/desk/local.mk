pkglibexec_PROGRAMS += aiddesk-desk
aiddesk_desk_SOURCES = cgi/desk/main.c cgi/desk/desk.h cgi/desk/open_case.c cgi/desk/waiting.c cgi/desk/work.c cgi/desk/case.c \
  cgi/desk/talk.c cgi/desk/assign.c cgi/desk/review.c
aiddesk_desk_LDADD = $(AIDDESK_LIBS)
