# shellcheck shell=bash disable=SC2034,SC2154
# Starts and stops the processes of one installation, and only those: a process is known by its id together with its start
# time, so that an id which the system has given to somebody else is never signalled.

# start_time PID: clock ticks since boot, or nothing when there is no such process or it is a zombie.
start_time() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
    # The name in parentheses may hold anything; after it come state, parent … and the start time as the 20th field.
    read -ra stat <<<"${stat##*) }"
    [ "${stat[0]}" = Z ] || printf '%s' "${stat[19]}"
}

# process_start NAME USER COMMAND...: in a session of its own, so that Ctrl-C reaches this script alone, which then stops
# everything in order.  Output goes to DIR/log/NAME.log.  The environment is empty but for what is named here.
process_start() {
    local name=$1 user=$2 as=()
    shift 2
    [ "$user" = root ] || as=(setpriv --reuid "$user" --regid "$user" --init-groups --)
    (
        cd /
        umask 077
        exec 8>&- setsid "${as[@]}" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 LC_ALL=C.UTF-8 HOME=/nonexistent "$@"
    ) </dev/null >>"$logs/$name.log" 2>&1 &
    printf '%s %s\n' "$!" "$(start_time $!)" >"$run/pid/$name"
}

# process_alive NAME: without a subshell, because ops/run asks it twice a second.
process_alive() {
    local id started stat
    { read -r id started <"$run/pid/$1"; } 2>/dev/null || return 1
    [ -n "$started" ] || return 1
    { read -r stat <"/proc/$id/stat"; } 2>/dev/null || return 1
    # As in start_time.
    read -ra stat <<<"${stat##*) }"
    [ "${stat[0]}" != Z ] && [ "${stat[19]}" = "$started" ]
}

process_gone() { ! process_alive "$1"; }

# process_id NAME: the id when it lives, otherwise nothing.
process_id() {
    local id
    ! process_alive "$1" || { read -r id _ <"$run/pid/$1" && printf '%s' "$id"; }
}

# process_stop NAME SIGNAL SECONDS: asks, waits, and in the end kills the whole group it leads.
process_stop() {
    local name=$1 id
    orphans_kill "$name"
    id=$(process_id "$name")
    if [ -n "$id" ]; then
        kill -s "$2" "$id" 2>/dev/null || true
        if ! wait_until "$3" process_gone "$name"; then
            say "aiddesk: $name did not stop within $3 s and was killed"
            kill -s KILL -- "-$id" 2>/dev/null || true
            wait_until 5 process_gone "$name" || true
        fi
    fi
    rm -f "$run/pid/$name"
}

# orphans_kill NAME: a leader that was killed may have left children.  While they live, the system gives the number of their group to
# nobody else; when somebody has it, the start time differs and nothing is done.
orphans_kill() {
    local id
    [ -f "$run/pid/$1" ] || return 0
    read -r id _ <"$run/pid/$1" || return 0
    [ -n "$(start_time "$id")" ] || kill -s KILL -- "-$id" 2>/dev/null || true
}

# process_failed NAME TEXT: shows the end of its log and gives up.
process_failed() {
    tail -n 20 "$logs/$1.log" >&2 || true
    die "$2" "The end of its log is above; the whole is in $logs/$1.log"
}

# program_start NAME: one of the programs, or nginx, by the name of its process.
program_start() {
    if [ "$1" = nginx ]; then
        process_start nginx root /usr/sbin/nginx -c "$etc/nginx/nginx.conf"
    else
        process_start "$1" root "$stage/libexec/aiddesk/$1" --config "$conf"
    fi
}

# programs_start: every program, then nginx, whose sockets exist by then.
programs_start() {
    local name
    for name in "${programs[@]/#/aiddesk-}" nginx; do program_start "$name"; done
}

# programs_stop: nginx first, so that nobody is sent to a program that is gone; then the programs finish what they have begun.
programs_stop() {
    local name
    process_stop nginx QUIT 20
    for name in "${programs[@]}"; do
        ! process_alive "aiddesk-$name" || kill -s TERM "$(process_id "aiddesk-$name")" 2>/dev/null || true
    done
    for name in "${programs[@]}"; do process_stop "aiddesk-$name" TERM 60; done
}

# everything_stop: also after a start that went only half the way.
everything_stop() {
    [ -d "$run/pid" ] || return 0
    rm -f "$run/pid/watcher" # tells an ops/run in the foreground that this is meant
    programs_stop
    database_stop
}

# service_ready: 0 when /health/ready answers 200; 2 when a process has ended.
service_ready() {
    local name
    for name in "${programs[@]/#/aiddesk-}" nginx; do
        process_alive "$name" || process_failed "$name" "$name ended while starting"
    done
    curl --silent --fail --max-time 3 --output /dev/null "http://127.0.0.1:$port/health/ready"
}
