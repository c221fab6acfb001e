# shellcheck shell=bash disable=SC2034,SC2154
# Configures out of tree, builds, installs into the stage.

# configure_is_old: configure is missing or older than what it is made from.
configure_is_old() {
    [ -x "$src/configure" ] && [ -f "$src/Makefile.in" ] || return 0
    [ -n "$(find "$src/configure.ac" "$src/Makefile.am" "$src/m4" "$src/cgi" "$src/sql" "$src/static" "$src/ops" "$src/tests" \
        -path '*/node_modules' -prune -o \
        \( -name configure.ac -o -name Makefile.am -o -name '*.m4' -o -name local.mk \) -newer "$src/configure" -print -quit)" ]
}

# compile_flags: what the build is compiled and linked with.
compile_flags() {
    [ ! -f "$build/Makefile" ] || grep -E '^(CC|CPPFLAGS|CFLAGS|LDFLAGS|LIBS|AD_[A-Z_]+|[A-Z]+_(CFLAGS|LIBS)) = ' "$build/Makefile"
}

# build_make FLAGS...: autoreconf, configure and make, each only when something changed.  Several runs from one clone
# may meet here, so the source tree is locked while its configure is made.
build_make() {
    local flags=("--prefix=$stage" "$@")
    if [ -f "$src/config.status" ]; then
        die "the source folder itself has been configured" "Undo it with: make -C $src distclean"
    fi
    builder_folder "$build"
    # shellcheck disable=SC2094  # the folder is only locked
    (
        flock 7
        if configure_is_old; then
            step "preparing configure"
            (cd "$src" && run_logged autoreconf.log as_builder autoreconf --install --force)
            # autoreconf leaves an unchanged configure alone; its time says that it was looked at.
            as_builder touch "$src/configure"
        fi
    ) 7<"$src"
    # shellcheck disable=SC2094  # the folder is only locked
    (
        flock 7
        # AM_MAINTAINER_MODE is off: make would not notice a new configure by itself.
        if [ ! -f "$build/Makefile" ] || [ "$src/configure" -nt "$build/config.status" ] ||
            [ "$(cat "$build/flags" 2>/dev/null)" != "${flags[*]}" ]; then
            step "configuring"
            local before
            before=$(compile_flags)
            (cd "$build" && run_logged configure.log as_builder "$src/configure" "${flags[@]}" --quiet)
            printf '%s\n' "${flags[*]}" >"$build/flags"
            # Objects made with other flags would be taken for good.
            if [ "$(compile_flags)" != "$before" ]; then
                run_logged clean.log as_builder make -C "$build" --no-print-directory clean
            fi
        fi
        step "building"
        run_logged make.log as_builder make -C "$build" -j"$(nproc)" --no-print-directory
    ) 7<"$build"
}

# build_install: writes the stage, when something has changed since.  As root, so that no program user can change a program.
# Several installations may share a stage and use its programs while another one starts.
build_install() {
    install -d -m 755 "$stage"
    # shellcheck disable=SC2094  # the folder is only locked
    (
        flock 7
        local mark=$stage/.installed
        # Objects of tests lie beside the others; they are not installed.
        if [ -f "$mark" ] && [ -z "$(find "$build/cgi" "$build/config.status" "$src"/{cgi,sql,static,ops} -type f ! -name '*tests_*' \
            -newer "$mark" -print -quit)" ]; then return 0; fi
        touch "$mark.new"
        run_logged install.log make -C "$build" --no-print-directory install
        mv "$mark.new" "$mark"
    ) 7<"$stage"
}

# run_logged NAME COMMAND...: output goes to a file beside the build; its end is shown when the command fails.
run_logged() {
    local log=$build/$1
    shift
    if ! "$@" </dev/null >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        die "this failed: $*" "The whole output is in $log"
    fi
}
