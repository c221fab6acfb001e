# SQL and reference data, shipped and installed as they are: `aiddesk migrate` runs what stands in these folders, in the order of names.
# For that reason an installation removes what an older version had put there.
EXTRA_DIST += sql/roles.sql sql/grants.sql sql/admin sql/api sql/migrations sql/reference

install-data-local: install-sql
install-sql:
	rm -rf "$(DESTDIR)$(pkgdatadir)/sql"
	cd $(srcdir) && find sql -type f \( -name '*.sql' -o -name '*.json' -o -name '*.csv' \) | while read -r f; do \
	  $(MKDIR_P) "$(DESTDIR)$(pkgdatadir)/$${f%/*}" && $(INSTALL_DATA) "$$f" "$(DESTDIR)$(pkgdatadir)/$$f" || exit 1; \
	done

uninstall-local: uninstall-sql
uninstall-sql:
	rm -rf "$(DESTDIR)$(pkgdatadir)/sql"

.PHONY: install-sql uninstall-sql
