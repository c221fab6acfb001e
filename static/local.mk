# Files of this folder.
#
# A build makes static/out: hashed names and manifest.json (build.sh); an installation puts it into pkgdatadir/static.
STATIC_FILES = \
  static/app.css static/app.js static/card.js static/copy.js static/count.js static/file.js static/leave.js static/print.js \
  static/submit.js static/icons.svg static/favicon.svg static/robots.txt
EXTRA_DIST += static/build.sh $(STATIC_FILES)

static/out/manifest.json: static/build.sh $(STATIC_FILES)
	$(AM_V_GEN)$(MKDIR_P) static && $(SHELL) $(srcdir)/static/build.sh $(srcdir)/static static/out

all-local: static/out/manifest.json

# The manifest goes last: who reads it finds every file it names.  Names of an older version stay for pages that are still open.
install-data-local: install-static
install-static: static/out/manifest.json
	$(MKDIR_P) "$(DESTDIR)$(pkgdatadir)/static"
	for f in static/out/*; do \
	  case $$f in */manifest.json) ;; *) $(INSTALL_DATA) "$$f" "$(DESTDIR)$(pkgdatadir)/static/" || exit 1;; esac; \
	done
	$(INSTALL_DATA) static/out/manifest.json "$(DESTDIR)$(pkgdatadir)/static/"

uninstall-local: uninstall-static
uninstall-static:
	rm -rf "$(DESTDIR)$(pkgdatadir)/static"

clean-local: clean-static
clean-static:
	rm -rf static/out

.PHONY: install-static uninstall-static clean-static
