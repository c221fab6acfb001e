# aiddesk, the operator's command line.  The SQL that only it runs is in sql/admin.
bin_PROGRAMS += aiddesk
aiddesk_SOURCES = \
  cgi/admin/main.c cgi/admin/support.c cgi/admin/admin.h cgi/admin/commands.h \
  cgi/admin/keys.c cgi/admin/keys.h cgi/admin/key_init.c cgi/admin/conf.c cgi/admin/conf.h cgi/admin/setup.c \
  cgi/admin/migrate.c cgi/admin/migrate.h cgi/admin/manifest.c cgi/admin/manifest.h cgi/admin/backup.c cgi/admin/restore.c \
  cgi/admin/doctor.c cgi/admin/doctor.h cgi/admin/doctor_machine.c cgi/admin/doctor_keys.c cgi/admin/doctor_programs.c \
  cgi/admin/doctor_database.c cgi/admin/user_list.c cgi/admin/export_verify.c \
  cgi/admin/demo.c cgi/admin/demo.h cgi/admin/demo_people.c cgi/admin/demo_picture.c cgi/admin/demo_file.c cgi/admin/demo_case.c \
  cgi/admin/demo_steps.c cgi/admin/demo_evidence.c cgi/admin/demo_settle.c
aiddesk_CFLAGS = $(AM_CFLAGS) $(PANGO_CFLAGS)
# The letters of the demo's agreements need pango; doctor asks fontconfig.
aiddesk_LDFLAGS = $(AM_LDFLAGS) -Wl,--as-needed
aiddesk_LDADD = libletters.a libdocument.a $(AIDDESK_LIBS) $(PANGO_LIBS)
