# shellcheck shell=bash disable=SC2034,SC2154
# Keeps an installation running: a process that has ended is started again, whatever ended it.  A program that is ended by the kernel, or a
# PostgreSQL that found its disk full, must not need a person at night.

declare -A watch_since=() watch_delay=() watch_next=()

# now_ms: sets now, without a subshell.
now_ms() { now=${EPOCHREALTIME/./} && now=$((now / 1000)); }

# watch_again NAME: starts it again, at once the first time, then with pauses that double up to 5 s; who has run for 10 s begins anew.
watch_again() {
    local name=$1 delay
    now_ms
    [ "$now" -ge "${watch_next[$name]:-0}" ] || return 0
    delay=$((${watch_delay[$name]:-0} * 2))
    [ "$((now - ${watch_since[$name]:-0}))" -lt 10000 ] || delay=0
    [ "$delay" -gt 0 ] || delay=250
    [ "$delay" -le 5000 ] || delay=5000
    watch_delay[$name]=$delay watch_next[$name]=$((now + delay)) watch_since[$name]=$now
    say "$(date -u +%FT%TZ) aiddesk: $name has ended and is started again"
    # nginx's workers live on without their master and keep its port.
    orphans_kill "$name"
    if [ "$name" = postgres ]; then postgres_start; else program_start "$name"; fi
}

# watch_is_ours: no other ops/run has stopped the installation or taken it over.
watch_is_ours() {
    local id
    { read -r id <"$run/pid/watcher"; } 2>/dev/null && [ "$id" = "$BASHPID" ]
}

# watch_loop: until another ops/run stops this installation or takes it over.  A process without a file of its id has never been started
# here (a given PostgreSQL).
watch_loop() {
    local name pause now
    printf '%s\n' "$BASHPID" >"$run/pid/watcher" || return 0
    exec {pause}<> <(:)
    unlock
    while watch_is_ours; do
        for name in postgres "${programs[@]/#/aiddesk-}" nginx; do
            [ -f "$run/pid/$name" ] || continue
            process_gone "$name" || continue
            # Whoever holds the lock is just stopping everything.
            exec 8>"$etc/lock"
            if flock -n 8 && watch_is_ours && process_gone "$name"; then watch_again "$name"; fi
            unlock
        done
        read -r -t 0.5 -u "$pause" || true
    done
}
