pkglibexec_PROGRAMS += aiddesk-worker
aiddesk_worker_SOURCES = cgi/worker/main.c cgi/worker/worker.h cgi/worker/outbox.c cgi/worker/export.c cgi/worker/metrics_page.c
aiddesk_worker_LDADD = libdocument.a $(AIDDESK_LIBS) $(PANGO_LIBS) $(CURL_LIBS)
