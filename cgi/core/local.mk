noinst_LIBRARIES += libaiddesk.a libdocument.a
libaiddesk_a_SOURCES = \
  cgi/core/arena.c cgi/core/arena.h cgi/core/buf.c cgi/core/buf.h cgi/core/str.c cgi/core/str_code.c cgi/core/str.h \
  cgi/core/err.c cgi/core/err.h cgi/core/clock.c cgi/core/clock.h cgi/core/log.c cgi/core/log.h \
  cgi/core/load.c cgi/core/load.h cgi/core/config.c cgi/core/config.h cgi/core/json.c cgi/core/json.h cgi/core/csv.c cgi/core/csv.h \
  cgi/core/mustache_parse.c cgi/core/mustache_render.c cgi/core/mustache.h cgi/core/mustache_ast.h \
  cgi/core/locale.c cgi/core/locale_format.c cgi/core/locale.h cgi/core/view.c cgi/core/view.h \
  cgi/core/form.c cgi/core/form_parse.c cgi/core/form_normal.c cgi/core/form_model.c cgi/core/form.h \
  cgi/core/route.c cgi/core/route.h cgi/core/request.c cgi/core/request.h \
  cgi/core/reply.c cgi/core/reply.h cgi/core/multipart.c cgi/core/multipart_head.c cgi/core/multipart_private.h cgi/core/multipart.h \
  cgi/core/sandbox.c cgi/core/sandbox_calls.c cgi/core/sandbox_landlock.c cgi/core/sandbox_private.h cgi/core/sandbox.h \
  cgi/core/serve.c cgi/core/serve_setup.c cgi/core/serve_prefork.c cgi/core/serve_private.h \
  cgi/core/serve_request.c cgi/core/serve.h cgi/core/fcgi.c cgi/core/fcgi.h \
  cgi/core/db.c cgi/core/db_connect.c cgi/core/db_args.c cgi/core/db_call.c cgi/core/db_rows.c \
  cgi/core/db_script.c cgi/core/db_private.h cgi/core/db.h \
  cgi/core/seal_field.c cgi/core/seal_box.c cgi/core/seal_password.c cgi/core/seal_file.c cgi/core/seal_keys.c cgi/core/seal.h \
  cgi/core/slot.c cgi/core/session.c cgi/core/session.h cgi/core/staff.c cgi/core/staff.h cgi/core/token.c cgi/core/code.c cgi/core/token.h \
  cgi/core/digest.c cgi/core/digest.h \
  cgi/core/totp.c cgi/core/totp.h cgi/core/file.c cgi/core/file_send.c cgi/core/file_private.h cgi/core/file.h cgi/core/inspect.c cgi/core/inspect_spawn.c cgi/core/inspect_private.h cgi/core/inspect.h \
  cgi/core/vocab.c cgi/core/vocab.h cgi/core/why.c cgi/core/why.h cgi/core/metrics.c cgi/core/metrics.h cgi/core/qr.c cgi/core/qr.h
# Documents, charts and mail are apart: only the programs that need pango or curl link them.
libdocument_a_SOURCES = cgi/core/pdf.c cgi/core/pdf_page.c cgi/core/pdf_table.c cgi/core/pdf_catalog.c cgi/core/pdf_font.c cgi/core/pdf_page.h cgi/core/pdf.h \
  cgi/core/chart.c cgi/core/chart.h cgi/core/mail.c cgi/core/mail.h
libdocument_a_CFLAGS = $(AM_CFLAGS) $(PANGO_CFLAGS) $(CURL_CFLAGS) $(QRENCODE_CFLAGS)
