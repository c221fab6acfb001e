pkglibexec_PROGRAMS += aiddesk-account
aiddesk_account_SOURCES = cgi/account/main.c cgi/account/account.h cgi/account/credentials.c cgi/account/common.c cgi/account/login.c \
  cgi/account/confirm.c cgi/account/setup.c cgi/account/invite.c cgi/account/password.c cgi/account/totp.c cgi/account/profile.c \
  cgi/account/people.c
nodist_aiddesk_account_SOURCES = cgi/account/common-passwords.inc
aiddesk_account_CPPFLAGS = $(AM_CPPFLAGS) -I$(builddir)/cgi
aiddesk_account_LDADD = $(AIDDESK_LIBS)

# The list of common passwords becomes the rows of a C array.
EXTRA_DIST += cgi/account/common-passwords.txt
BUILT_SOURCES += cgi/account/common-passwords.inc
CLEANFILES += cgi/account/common-passwords.inc
cgi/account/aiddesk_account-common.$(OBJEXT): cgi/account/common-passwords.inc
cgi/account/common-passwords.inc: cgi/account/common-passwords.txt
	$(AM_V_GEN)$(MKDIR_P) cgi/account && LC_ALL=C sort -u $(srcdir)/cgi/account/common-passwords.txt | sed 's/.*/"&",/' > $@.tmp && mv $@.tmp $@
