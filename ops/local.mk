# Commands, nginx, PostgreSQL.
OPS_NGINX = \
  ops/nginx/nginx.conf.in ops/nginx/maps.conf.in ops/nginx/server.conf.in ops/nginx/page.conf.in ops/nginx/upload.conf.in \
  ops/nginx/fastcgi.conf.in ops/nginx/headers.conf.in ops/nginx/headers-static.conf.in ops/nginx/errors.conf.in
OPS_ERRORS = ops/nginx/errors.sh ops/nginx/error.html.in ops/nginx/error.css
OPS_POSTGRES = ops/postgres/postgresql.conf.in ops/postgres/pg_hba.conf ops/postgres/pg_ident.conf
OPS_LIB = \
  ops/lib/common.sh ops/lib/packages.sh ops/lib/place.sh ops/lib/build.sh ops/lib/config.sh ops/lib/process.sh \
  ops/lib/database.sh ops/lib/web.sh ops/lib/tap.sh ops/lib/suite.sh
EXTRA_DIST += ops/manual/pictures ops/run ops/test ops/packages $(OPS_LIB) $(OPS_NGINX) $(OPS_ERRORS) $(OPS_POSTGRES)

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
