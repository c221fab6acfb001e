pkglibexec_PROGRAMS += aiddesk-report
aiddesk_report_SOURCES = cgi/report/main.c cgi/report/report.h cgi/report/figures.c cgi/report/platforms.c cgi/report/totals.c \
  cgi/report/exports.c
aiddesk_report_LDADD = libdocument.a $(AIDDESK_LIBS) $(PANGO_LIBS) $(CURL_LIBS)
