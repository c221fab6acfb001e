# aiddesk-inspect: the only program that decodes hostile files; of core it links the sandbox alone.
pkglibexec_PROGRAMS += aiddesk-inspect
aiddesk_inspect_SOURCES = \
  cgi/inspect/main.c cgi/inspect/look.h cgi/inspect/type.c cgi/inspect/text.c cgi/inspect/container.c \
  cgi/inspect/jpeg.c cgi/inspect/png.c cgi/inspect/webp.c cgi/inspect/gif.c cgi/inspect/shrink.c cgi/inspect/preview.c
aiddesk_inspect_CFLAGS = $(AM_CFLAGS) $(IMAGE_CFLAGS) $(MAGIC_CFLAGS)
aiddesk_inspect_LDADD = libaiddesk.a $(IMAGE_LIBS) $(MAGIC_LIBS) -lgif $(SECCOMP_LIBS)
