# shellcheck shell=bash disable=SC2034,SC2154
# Where everything of one installation lives, and the system users it runs as.
#
#   DIR/build         objects, made by the builder
#   DIR/etc           aiddesk.conf, keys/, nginx/, instance (a random name, made once)
#   DIR/log           one file per process
#   HOME/stage        what `make install` wrote: programs, templates, texts, static files
#   HOME/pg           the PostgreSQL cluster
#   /run/aiddesk-XXXXXXXX/   sockets, process ids, tmpfs; short, because a socket path has at most 107 bytes
#
# HOME is DIR when the system users may enter it.  A clone under a home folder that is closed to other users
# is the usual case where they may not: then HOME is /var/lib/aiddesk-XXXXXXXX, and DIR/stage and DIR/pg are
# links to it.

# place_set DIR: names the folders of an installation; makes nothing.
place_set() {
    dir=$(realpath -m -- "$1")
    etc=$dir/etc
    keys=$etc/keys
    conf=$etc/aiddesk.conf
    logs=$dir/log
    build=${AIDDESK_BUILD:-$dir}/build
    instance=
    [ ! -f "$etc/instance" ] || instance=$(<"$etc/instance")
    run=/run/aiddesk-$instance
}

# place_make: makes DIR, its name, the system users and the folder below /run.
place_make() {
    builder_folder "$dir"
    install -d -m 755 "$etc" "$logs"
    if [ -z "$instance" ]; then
        instance=$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')
        printf '%s\n' "$instance" >"$etc/instance"
        run=/run/aiddesk-$instance
    fi
    users_make
    home_choose
    run_make
}

# users_make: one user per program, one for PostgreSQL, one for nginx's workers.  Made once, shared by installations:
# what separates installations is the folder, what separates programs is the user.
users_make() {
    local name
    for name in "${programs[@]}" postgres nginx; do
        id -u "aiddesk-$name" >/dev/null 2>&1 ||
            useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin \
                --comment "Aid Desk $name" "aiddesk-$name"
    done
}

# can_enter USER FOLDER: the user may go through it and read below it.
can_enter() { as_user "$1" test -x "$2" 2>/dev/null; }

# home_choose: sets home, stage and pg, and makes the links when HOME is not DIR.
home_choose() {
    if [ -L "$dir/pg" ]; then
        home=$(dirname "$(readlink "$dir/pg")")
        install -d -m 755 "$home"
    elif [ -d "$dir/pg" ] || can_enter aiddesk-postgres "$dir"; then
        home=$dir
    else
        home=/var/lib/aiddesk-$instance
        install -d -m 755 "$home"
        ln -s "$home/pg" "$dir/pg"
        [ -n "${AIDDESK_BUILD:-}" ] || ln -sfn "$home/stage" "$dir/stage"
    fi
    pg=$home/pg
    stage=${AIDDESK_BUILD:-$home}/stage
    if ! can_enter aiddesk-intake "$(dirname "$stage")"; then
        die "the programs would lie in $stage, which other users cannot enter" \
            "Choose a folder for AIDDESK_BUILD that is open to them (for example below /tmp or /var/tmp)."
    fi
    data=$stage/share/aiddesk
}

# run_make: the folder below /run.  web is setgid: the sockets that a program makes there get nginx's group, and with
# their mode 0660 only nginx may connect (SECURITY.md, finding 9).
run_make() {
    install -d -m 755 "$run" "$run/state"
    install -d -m 755 -o aiddesk-postgres -g aiddesk-postgres "$run/pg"
    install -d -m 2750 -g aiddesk-nginx "$run/web"
    install -d -m 700 "$run/pid"
    temp_make
}

# temp_make: nginx spools bodies and replies in plain text, so the spool is memory with a cap, never a disk
# (SECURITY.md, finding 6).  Containers often forbid mount and have no tmpfs on /run; /dev/shm is one almost everywhere.
temp_make() {
    temp=$run/temp
    install -d -m 711 "$temp"
    if ! mountpoint -q "$temp" && ! mount -t tmpfs -o size=512m,mode=711,nosuid,nodev,noexec aiddesk "$temp" 2>/dev/null; then
        if [ "$(stat -f -c %T "$temp")" != tmpfs ]; then
            [ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ] ||
                die "there is no tmpfs for nginx's temporary files: mount is not allowed, /run and /dev/shm are on disk" \
                    "Mount one: mount -t tmpfs -o size=512m tmpfs $temp"
            temp=/dev/shm/aiddesk-$instance
            install -d -m 711 "$temp"
        fi
    fi
    install -d -m 700 -o aiddesk-nginx -g aiddesk-nginx "$temp/body" "$temp/reply"
}

# run_remove: after a stop nothing of the installation is left below /run.
run_remove() {
    [ -n "$instance" ] || return 0
    ! mountpoint -q "$run/temp" || umount "$run/temp" || true
    rm -rf -- "/dev/shm/aiddesk-$instance"
    rm -rf --one-file-system -- "$run"
}
