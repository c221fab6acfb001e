# shellcheck shell=bash disable=SC2034,SC2154
# Installs the Debian packages of ops/packages that are missing.

# packages_missing GROUP...: prints the packages of these groups that are neither installed nor made needless by a command.
packages_missing() {
    local group package command wanted=" $* "
    while read -r group package command; do
        case $group in '' | '#'*) continue ;; esac
        [[ $wanted == *" $group "* ]] || continue
        if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
        # shellcheck disable=SC2016  # ${...} belongs to dpkg-query
        if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            printf '%s\n' "$package"
        fi
    done <"$src/ops/packages"
}

# packages_install GROUP...: one apt run for all that is missing, none when nothing is.
packages_install() {
    local missing
    mapfile -t missing < <(packages_missing "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "packages are missing and there is no apt-get: ${missing[*]}" \
        "Aid Desk is built for Debian 12; install the same libraries by hand on another system."
    step "installing ${#missing[@]} Debian packages"
    local log
    log=$(mktemp)
    if ! (apt_quietly "${missing[@]}") </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        die "apt-get could not install: ${missing[*]}" "Its last words are above."
    fi
    rm -f "$log"
    services_stay_off "${missing[@]}"
}

# apt_quietly PACKAGE...: runs in a subshell.  Debian's PostgreSQL and nginx would start servers of their own;
# policy-rc.d is Debian's way to say no, and it goes away again with the subshell.
apt_quietly() {
    local policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        # shellcheck disable=SC2064  # the path is fixed now
        trap "rm -f '$policy'" EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# services_stay_off PACKAGE...: what we have just installed must not listen after the next boot either.
services_stay_off() {
    command -v systemctl >/dev/null || return 0
    local package
    for package in "$@"; do
        case $package in
            nginx-light) systemctl disable --quiet nginx.service || true ;;
            postgresql-15) systemctl disable --quiet postgresql.service || true ;;
        esac
    done
}
