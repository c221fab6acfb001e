# Templates and texts.  Programs find them by name at run time, so both folders are shipped and installed as they are: a list of names
# here would be one more thing to forget.
EXTRA_DIST += cgi/views cgi/locale

install-data-local: install-views
install-views:
	cd $(srcdir)/cgi && find views locale -type f \( -name '*.mustache' -o -name '*.json' \) | while read -r f; do \
	  $(MKDIR_P) "$(DESTDIR)$(pkgdatadir)/$${f%/*}" && $(INSTALL_DATA) "$$f" "$(DESTDIR)$(pkgdatadir)/$$f" || exit 1; \
	done

uninstall-local: uninstall-views
uninstall-views:
	rm -rf "$(DESTDIR)$(pkgdatadir)/views" "$(DESTDIR)$(pkgdatadir)/locale"

.PHONY: install-views uninstall-views
