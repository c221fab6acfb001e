pkglibexec_PROGRAMS += aiddesk-track
aiddesk_track_SOURCES = cgi/track/main.c cgi/track/track.h cgi/track/session.c cgi/track/code.c cgi/track/case.c cgi/track/messages.c \
  cgi/track/evidence.c cgi/track/decisions.c cgi/track/consents.c cgi/track/complaint.c cgi/track/stop.c cgi/track/recipient.c
aiddesk_track_LDADD = $(AIDDESK_LIBS)
