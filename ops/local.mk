# Commands, nginx, PostgreSQL, systemd.
OPS_NGINX = \
  ops/nginx/nginx.conf.in ops/nginx/maps.conf.in ops/nginx/server.conf.in ops/nginx/page.conf.in ops/nginx/upload.conf.in \
  ops/nginx/fastcgi.conf.in ops/nginx/headers.conf.in ops/nginx/headers-static.conf.in ops/nginx/errors.conf.in
OPS_ERRORS = ops/nginx/errors.sh ops/nginx/error.html.in ops/nginx/error.css
OPS_POSTGRES = ops/postgres/postgresql.conf.in ops/postgres/pg_hba.conf ops/postgres/pg_ident.conf
OPS_LIB = \
  ops/lib/common.sh ops/lib/packages.sh ops/lib/place.sh ops/lib/build.sh ops/lib/config.sh ops/lib/process.sh \
  ops/lib/database.sh ops/lib/web.sh ops/lib/watch.sh ops/lib/tap.sh ops/lib/suite.sh
EXTRA_DIST += ops/manual/pictures ops/run ops/test ops/packages $(OPS_LIB) $(OPS_NGINX) $(OPS_ERRORS) $(OPS_POSTGRES)

# systemd: a service and its sockets for each program, with what all of them run under in one drop-in; users and folders.
OPS_SERVICES = ops/systemd/aiddesk-intake.service ops/systemd/aiddesk-track.service ops/systemd/aiddesk-account.service \
  ops/systemd/aiddesk-desk.service ops/systemd/aiddesk-report.service ops/systemd/aiddesk-worker.service
systemdsystemunit_DATA = $(OPS_SERVICES)
dist_systemdsystemunit_DATA = \
  ops/systemd/aiddesk-intake.socket ops/systemd/aiddesk-intake-upload.socket \
  ops/systemd/aiddesk-track.socket ops/systemd/aiddesk-track-upload.socket ops/systemd/aiddesk-account.socket \
  ops/systemd/aiddesk-desk.socket ops/systemd/aiddesk-desk-upload.socket ops/systemd/aiddesk-report.socket
systemddropindir = $(systemdsystemunitdir)/aiddesk-.service.d
dist_systemddropin_DATA = ops/systemd/aiddesk-.service.d/50-closed.conf
sysusersdir = $(prefix)/lib/sysusers.d
dist_sysusers_DATA = ops/systemd/sysusers.d/aiddesk.conf
tmpfilesdir = $(prefix)/lib/tmpfiles.d
dist_tmpfiles_DATA = ops/systemd/tmpfiles.d/aiddesk.conf
EXTRA_DIST += $(OPS_SERVICES:=.in)
CLEANFILES += $(OPS_SERVICES)
$(OPS_SERVICES): %: %.in Makefile
	$(AM_V_GEN)$(MKDIR_P) ops/systemd && sed 's,@PROGRAMS@,$(pkglibexecdir),;s,@CONFIG@,$(sysconfdir)/aiddesk/aiddesk.conf,' $< > $@.tmp && mv $@.tmp $@

# nginx's own error pages, from the catalogs; installed beside the static files, where nginx's workers can read them.
ops/errors/.made: $(OPS_ERRORS) cgi/locale/zh-CN/gate.json cgi/locale/en/gate.json
	$(AM_V_GEN)rm -rf ops/errors && $(MKDIR_P) ops/errors && $(SHELL) $(srcdir)/ops/nginx/errors.sh $(srcdir) ops/errors && : > $@

all-local: ops/errors/.made

install-data-local: install-errors
install-errors: ops/errors/.made
	$(MKDIR_P) "$(DESTDIR)$(pkgdatadir)/errors"
	for f in ops/errors/*; do $(INSTALL_DATA) "$$f" "$(DESTDIR)$(pkgdatadir)/errors/" || exit 1; done

uninstall-local: uninstall-errors
uninstall-errors:
	rm -rf "$(DESTDIR)$(pkgdatadir)/errors"

clean-local: clean-errors
clean-errors:
	rm -rf ops/errors

.PHONY: install-errors uninstall-errors clean-errors
