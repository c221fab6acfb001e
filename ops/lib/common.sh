# shellcheck shell=bash disable=SC2034,SC2154
# Words, refusals and small helpers that every other part of ops/ uses.
#
# The scripts that include this file set `src` (the source tree, absolute) beforehand.

# Programs that have a process, in the order in which they start.
programs=(intake track account desk report worker)

say() { printf '%s\n' "$*" >&2; }

# step TEXT: what happens now.
step() { printf '==> %s\n' "$*" >&2; }

# die TEXT...: one sentence on what is wrong, further lines on what mends it.
die() {
    printf 'aiddesk: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '         %s\n' "$line" >&2; done
    exit 1
}

# need_root ARGUMENTS...: goes on as root, through sudo when the caller is an ordinary user.
# Building is handed back to that user afterwards (as_builder), so that the source tree stays theirs.
need_root() {
    [ "$(id -u)" -ne 0 ] || return 0
    command -v sudo >/dev/null || die "this needs root, and sudo is not installed" \
        "Run it as root, or install sudo and allow this user to use it."
    local keep=AIDDESK_DATABASE,AIDDESK_BUILD,AIDDESK_CONFIGURE,AIDDESK_PAGES_PER_MINUTE
    keep+=,AIDDESK_PROBE_TABLE,AIDDESK_MATRIX,AIDDESK_TEST_ONLY,AIDDESK_TEST_SKIP,CI,TERM
    exec sudo --preserve-env="$keep" -- "$0" "$@"
}

# The user who builds: the one who called sudo when the source tree is theirs, otherwise root.
builder_user() {
    if [ -n "${SUDO_USER:-}" ] && [ "$(stat -c %u "$src")" = "${SUDO_UID:-0}" ]; then
        printf '%s' "$SUDO_USER"
    else
        printf root
    fi
}

# as_builder COMMAND...: runs it as that user, with that user's home folder.
as_builder() {
    local user
    user=$(builder_user)
    if [ "$user" = root ]; then
        "$@"
    else
        runuser -u "$user" -- env HOME="$(getent passwd "$user" | cut -d: -f6)" "$@"
    fi
}

# builder_folder DIR...: makes folders that belong to the builder.
builder_folder() {
    local user
    user=$(builder_user)
    install -d -m 755 -o "$user" -g "$(id -gn "$user")" "$@"
}

# as_user USER COMMAND...: as a system user; execs at once, so that the process id is the command's own.
as_user() {
    local user=$1
    shift
    setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups --no-new-privs -- "$@"
}

# fill TEMPLATE TARGET NAME=VALUE...: replaces @NAME@ in a template.  A name that is left over is our mistake.
fill() {
    local template=$1 target=$2 pair text
    shift 2
    text=$(<"$template")
    for pair in "$@"; do text=${text//"@${pair%%=*}@"/"${pair#*=}"}; done
    if [[ $text =~ @[A-Z_]+@ ]]; then die "$template: nothing was given for ${BASH_REMATCH[0]}"; fi
    printf '%s\n' "$text" >"$target"
}

# wait_until SECONDS COMMAND...: repeats a check until it holds; false when the time is over.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# port_taken PORT: somebody listens there on the loopback address.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
