dnl AD_TRY_CFLAG(variable, flag): adds the flag when the compiler takes it.
AC_DEFUN([AD_TRY_CFLAG], [
  AS_VAR_PUSHDEF([cachevar], [ad_cv_cflag_$2])
  AC_CACHE_CHECK([whether $CC takes $2], [cachevar], [
    ad_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $2"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[]], [[return 0;]])],
      [AS_VAR_SET([cachevar], [yes])], [AS_VAR_SET([cachevar], [no])])
    CFLAGS=$ad_save_CFLAGS])
  AS_VAR_IF([cachevar], [yes], [$1="$$1 $2"])
  AS_VAR_POPDEF([cachevar])
])

dnl AD_TRY_LDFLAG(variable, flag): adds the flag when the linker takes it.
AC_DEFUN([AD_TRY_LDFLAG], [
  AS_VAR_PUSHDEF([cachevar], [ad_cv_ldflag_$2])
  AC_CACHE_CHECK([whether the linker takes $2], [cachevar], [
    ad_save_LDFLAGS=$LDFLAGS
    LDFLAGS="$LDFLAGS $2"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[]], [[return 0;]])],
      [AS_VAR_SET([cachevar], [yes])], [AS_VAR_SET([cachevar], [no])])
    LDFLAGS=$ad_save_LDFLAGS])
  AS_VAR_IF([cachevar], [yes], [$1="$$1 $2"])
  AS_VAR_POPDEF([cachevar])
])

dnl Warnings of the project's style; errors in CI only (--enable-werror), never in a release tarball.
AC_DEFUN([AD_COMPILER_FLAGS], [
  AD_CFLAGS="-std=gnu11"
  m4_foreach_w([flag], [-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual
    -Wcast-align=strict -Wformat=2 -Wformat-overflow=2 -Wformat-truncation=2 -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wundef -Wpointer-arith -Wwrite-strings -Wswitch-enum
    -Wnull-dereference -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wvla -Walloca
    -Wimplicit-fallthrough=5 -Wdate-time], [AD_TRY_CFLAG([AD_CFLAGS], flag)])
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [treat warnings as errors, and have the code analysed (CI)])])
  AS_IF([test "x$enable_werror" = xyes], [
    AD_CFLAGS="$AD_CFLAGS -Werror"
    dnl The analyzer once: it learns nothing from the same code with sanitizers in it.  gcc 12 takes what a function returns in a struct
    dnl for uninitialised.
    AS_IF([test "x$enable_sanitizers$enable_fuzzers" = x],
      [m4_foreach_w([flag], [-fanalyzer -Wno-analyzer-use-of-uninitialized-value], [AD_TRY_CFLAG([AD_CFLAGS], flag)])])
  ])
  AC_SUBST([AD_CFLAGS])
])

dnl Hardening: each flag probed, on by default; sanitizers have a build of their own without them.
AC_DEFUN([AD_HARDENING], [
  AD_HARDEN_CFLAGS=
  AD_HARDEN_LDFLAGS=
  AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers], [build with ASan and UBSan instead of hardening])])
  AC_ARG_ENABLE([hardening], [AS_HELP_STRING([--disable-hardening], [build without hardening flags])])
  AC_ARG_ENABLE([fuzzers], [AS_HELP_STRING([--enable-fuzzers], [build for libFuzzer, with ASan and UBSan (needs CC=clang)])])
  AM_CONDITIONAL([FUZZERS], [test "x$enable_fuzzers" = xyes])
  AD_FUZZ_LIBS=
  AS_IF([test "x$enable_fuzzers" = xyes], [
    dnl gcc says by this macro that it watches addresses; clang does not.
    AD_HARDEN_CFLAGS="-D__SANITIZE_ADDRESS__=1 -O2 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"
    AD_HARDEN_LDFLAGS="-fsanitize=address,undefined"
    AD_FUZZ_LIBS="-fsanitize=fuzzer"
  ], [test "x$enable_sanitizers" = xyes], [
    AD_HARDEN_CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
    AD_HARDEN_LDFLAGS="-fsanitize=address,undefined"
  ], [test "x$enable_hardening" != xno], [
    CFLAGS=$(printf '%s' "$CFLAGS" | sed 's/-D_FORTIFY_SOURCE=[[0-9]]//g')
    m4_foreach_w([flag], [-fstack-protector-strong -fstack-clash-protection -fcf-protection=full
      -ftrivial-auto-var-init=zero -fno-common -fPIE], [AD_TRY_CFLAG([AD_HARDEN_CFLAGS], flag)])
    AD_HARDEN_CFLAGS="-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 $AD_HARDEN_CFLAGS"
    AD_TRY_LDFLAG([AD_HARDEN_LDFLAGS], [-pie])
    AD_TRY_LDFLAG([AD_HARDEN_LDFLAGS], [-Wl,-z,relro,-z,now])
    AD_TRY_LDFLAG([AD_HARDEN_LDFLAGS], [-Wl,-z,noexecstack,-z,separate-code])
  ])
  AC_SUBST([AD_HARDEN_CFLAGS])
  AC_SUBST([AD_HARDEN_LDFLAGS])
  AC_SUBST([AD_FUZZ_LIBS])
])
