# shellcheck shell=bash disable=SC2034,SC2154
# The suites of ./ops/test.  Each is a function suite_NAME that runs its tests and hands the results to tally.
#
# `work` is the folder of the run: build and stage (kept, so that the next run is quick), cluster, stack, log.

# work_choose: below the clone when the system users may enter it, otherwise below /var/tmp (place.sh says why).
work_choose() {
    users_make
    work=$src/var/test
    builder_folder "$src/var" "$work"
    if ! can_enter aiddesk-intake "$work"; then
        work=/var/tmp/aiddesk-test-$(printf '%s' "$src" | sha256sum | cut -c 1-8)
        builder_folder "$work"
    fi
    export AIDDESK_BUILD=$work
    # The name is short, because sockets are made there; removed at the end, whatever a test has forgotten.
    temporary=$(as_builder mktemp -d /tmp/aiddesk-t.XXXXXX)
    chmod 755 "$temporary"
    export AIDDESK_STACKS=$temporary/stacks
    install -d -m 755 "$AIDDESK_STACKS"
    log=$work/log
    rm -rf -- "$log"
    builder_folder "$log"
}

# one NAME COMMAND...: a step that either works or does not, as one test.
one() {
    local name=$1 status=0
    shift
    "$@" </dev/null >"$log/$name.log" 2>&1 || status=$?
    if [ "$status" -eq 0 ]; then tally "$name" 0 '1 0' "$log/$name.log"; else tally "$name" 1 '0 1' "$log/$name.log"; fi
    return "$status"
}

# --- build, unit tests, distribution -----------------------------------------------------------------------------------

# Warnings are errors here, and only here: a new compiler must not break somebody's installation.
suite_build() {
    place_set "$work/stack"
    stage=$work/stage
    one build build_all
}

# In subshells, because what fails in there ends the shell it fails in.
# shellcheck disable=SC2086  # AIDDESK_CONFIGURE holds words
build_all() { (build_make $AIDDESK_CONFIGURE) && (build_install); }

suite_unit() { unit_run unit "$build"; }

# The same tests again, watched by the address and undefined-behaviour sanitizers; the arena poisons what it has not given out.
suite_sanitize() {
    one sanitize-build sanitize_build || return 0
    unit_run sanitize "$work/sanitize"
}

sanitize_build() {
    local build=$work/sanitize stage=$work/sanitize/stage
    (build_make --enable-werror --enable-sanitizers)
}

# What compilers and checkers say of the code without running it; gcc's own analyzer has looked while it built (--enable-werror).
suite_analysis() {
    # Its library of system functions takes accept4(fd, NULL, NULL) for an error, hence only posix.
    one cppcheck as_builder cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --std=c11 -j "$(nproc)" \
        --library=posix --library="$src/tests/lint/jansson.cfg" --suppressions-list="$src/tests/lint/cppcheck.txt" \
        -I "$src/cgi" -I "$build/cgi" "$src/cgi" "$src/tests/unit" "$src/tests/fuzz" || true
    # Paths through functions are walked by gcc in the build; clang's walk takes minutes: `make tidy` alone includes it.
    one clang-tidy as_builder make -C "$build" --no-print-directory tidy TIDY_ARGS='--checks=-clang-analyzer-*' || true
}

# unit_run NAME BUILD: `make check` there, counted by test program.
unit_run() {
    local name=$1 folder=$2 status=0 trs result
    cluster_for_tests || return 1
    find "$folder/tests" -name '*.trs' -delete 2>/dev/null || true
    (cd "$folder" && as_builder env TMPDIR="$temporary" AIDDESK_TEST_PG="$cluster_socket" \
        make --no-print-directory --keep-going check) </dev/null >"$log/$name.log" 2>&1 || status=$?
    while read -r trs; do
        result=0
        grep -q '^:global-test-result: \(PASS\|SKIP\)' "$trs" || result=1
        # A program that skips itself has a reason that this run should have removed: it counts as tested nothing.
        tally "$name/$(basename "$trs" .trs)" "$result" "$(tap_count "${trs%.trs}.log")" "${trs%.trs}.log"
    done < <(find "$folder/tests" -name '*.trs' 2>/dev/null | sort)
    # A test program that does not compile has no .trs.
    if [ "$status" -ne 0 ] && ! grep -q '^# FAIL: *[1-9]\|^# ERROR: *[1-9]' "$log/$name.log"; then
        tally "$name: make check" 1 '0 1' "$log/$name.log"
    fi
}

# The tarball holds everything it needs: it is unpacked, configured out of tree with its source read-only, built, tested, installed,
# uninstalled, cleaned.
suite_dist() {
    one distcheck as_builder make -C "$build" --no-print-directory -j"$(nproc)" distcheck TMPDIR="$temporary" || true
    rm -f "$build"/aiddesk-*.tar.*
}

# --- SQL ---------------------------------------------------------------------------------------------------------------

# cluster_for_tests: a throw-away PostgreSQL for unit tests and pgTAP; anybody on this machine may come in, and nothing is flushed.
cluster_for_tests() {
    [ -z "${cluster_socket:-}" ] || return 0
    rm -rf -- "$work/cluster"
    place_set "$work/cluster"
    place_make
    cluster_run=$run
    install -d -m 700 -o aiddesk-postgres -g aiddesk-postgres "$pg"
    (cd / && as_user aiddesk-postgres "$pg_bin/initdb" --pgdata "$pg" --encoding UTF8 --locale C.UTF-8 --username postgres \
        --auth trust --no-sync --no-instructions) >"$log/initdb.log" 2>&1 || return 1
    process_start postgres aiddesk-postgres "$pg_bin/postgres" -D "$pg" -c listen_addresses= -c "unix_socket_directories=$run/pg" \
        -c fsync=off -c timezone=UTC -c log_min_messages=panic
    db_host=$run/pg db_port=5432 db_user=postgres
    wait_until 60 database_answers || process_failed postgres "the PostgreSQL for tests did not start"
    cluster_socket=$run/pg
}

cluster_for_tests_stop() {
    [ -n "${cluster_run:-}" ] || return 0
    place_set "$work/cluster"
    process_stop postgres INT 30
    run_remove
    rm -rf -- "$work/cluster"
    cluster_run=
}

# A database as an installation makes it; pgTAP lives in a schema of its own, so that it changes no privilege that is tested.
suite_sql() {
    local files=("$@") file name status
    [ "${#files[@]}" -gt 0 ] || files=("$src"/tests/sql/*.sql)
    cluster_for_tests || return 1
    one migrate sql_database || return 0
    for file in "${files[@]}"; do
        name=$(basename "$file" .sql)
        status=0
        AIDDESK_SRC=$src pg_prove --verbose --host "$cluster_socket" --username postgres --dbname aiddesk_sql "$file" \
            </dev/null >"$log/sql-$name.log" 2>&1 || status=$?
        tally "sql/$name" "$status" "$(tap_count "$log/sql-$name.log")" "$log/sql-$name.log"
    done
}

sql_database() {
    local conf=$work/cluster/sql.conf
    printf '%s\n' 'public_origin = http://127.0.0.1:8080' "database = $cluster_socket" 'database_name = aiddesk_sql' \
        "data_dir = $work/stage/share/aiddesk" 'demo = yes' >"$conf"
    superuser_sql postgres <<<"drop database if exists aiddesk_sql with (force)" &&
        superuser_sql postgres <<<"create database aiddesk_sql template template0 encoding 'UTF8' locale 'C.UTF-8'" &&
        PGUSER=postgres "$work/stage/bin/aiddesk" migrate --config "$conf" &&
        # Twice: the second run finds everything done.
        PGUSER=postgres "$work/stage/bin/aiddesk" migrate --config "$conf" &&
        superuser_sql aiddesk_sql <<<"create schema tap; create extension pgtap with schema tap;
            alter database aiddesk_sql set search_path = public, tap;"
}

# --- Node.js: lint, tools, HTTP, browser -------------------------------------------------------------------------------

# The packages of tests/package-lock.json, exactly; again only when that file has changed.
node_packages() {
    local tests=$src/tests
    if ! cmp -s "$tests/package-lock.json" "$tests/node_modules/.aiddesk-lock"; then
        step "fetching the browser test tools"
        one npm as_builder npm ci --prefix "$tests" --no-progress || return 1
        as_builder cp "$tests/package-lock.json" "$tests/node_modules/.aiddesk-lock"
    fi
}

# node_file FILE: one test file, in at most ten minutes, and the end of the installation of its own that it may have left behind.
node_file() {
    local name status=0 left
    name=$(basename "$(dirname "$1")")/$(basename "$1" .test.mjs)
    (cd "$src/tests" && timeout --foreground 600 node --test-reporter=tap "$1") </dev/null >"$log/${name/\//-}.log" 2>&1 || status=$?
    tally "$name" "$status" "$(node_count "$log/${name/\//-}.log")" "$log/${name/\//-}.log"
    for left in "$AIDDESK_STACKS/${AIDDESK_LANE:-0}"-*; do
        if [ -d "$left" ]; then stack_end "$left"; fi
    done
}

# node_files FOLDER FILES...: one after the other.
node_files() {
    local folder=$1 file
    shift
    local files=("$@")
    [ "${#files[@]}" -gt 0 ] || files=("$src/tests/$folder"/*.test.mjs)
    for file in "${files[@]}"; do node_file "$file"; done
}

suite_lint() { node_files lint "$@"; }
suite_support() { node_packages && node_files support "$@"; }

# --- side by side ------------------------------------------------------------------------------------------------------

# Tests through nginx wait more than they work, so what does not share an installation runs side by side.
declare -A lanes=()

# lane NAME COMMAND...: runs beside the others, in a process group of its own.  lanes_wait adds what it has counted.
lane() {
    local name=$1
    shift
    set -m
    # shellcheck disable=SC2030  # counted in the lane, added by lanes_wait
    (
        set +m
        trap - EXIT INT TERM HUP
        passed=0 failed=0
        export AIDDESK_LANE=$BASHPID
        "$@" || true
        printf '%d %d\n' "$passed" "$failed" >"$temporary/lane-$name"
    ) </dev/null &
    lanes[$name]=$!
    set +m
}

lanes_wait() {
    local name ok bad
    for name in "${!lanes[@]}"; do
        wait "${lanes[$name]}" || true
        unset "lanes[$name]"
        if read -r ok bad <"$temporary/lane-$name"; then
            # shellcheck disable=SC2031  # the counts of this shell
            passed=$((passed + ok)) failed=$((failed + bad))
        else
            tally "lane $name could not be run" 1 '0 1' /dev/null
        fi
    done
}

# lanes_end: stops what still runs, and every installation that tests have left.
lanes_end() {
    local name left
    for name in "${!lanes[@]}"; do kill -s TERM -- "-${lanes[$name]}" 2>/dev/null || true; done
    for left in "$work/stack" "${AIDDESK_STACKS:-/nonexistent}"/*; do
        if [ -f "$left/stack.json" ]; then stack_end "$left"; fi
    done
}

# shared_files FILES...: those that talk to one installation of the run.
shared_files() {
    stack_start || return 0
    local file
    for file in "$@"; do node_file "$file"; done
    one stop node "$src/tests/support/installation.mjs" stop "$work/stack" || true
    rm -f "$work/stack/stack.json"
}

# queue_add TASK...: what the lanes take, in this order.  A task is "shared", "analysis", "sanitize", "dist", or a test file with an
# installation of its own.
queue_add() { printf '%s\n' "$@" >>"$temporary/queue"; }

# queue_take: prints the first task of the queue and takes it out.
queue_take() {
    (
        flock 7
        head -n 1 "$temporary/queue"
        sed -i 1d "$temporary/queue"
    ) 7<"$temporary"
}

# lane_tasks: one after the other, until none is left.
lane_tasks() {
    local task
    while task=$(queue_take) && [ -n "$task" ]; do
        case $task in
            shared) shared_files "${shared[@]}" ;;
            analysis | sanitize | dist) "suite_$task" || true ;;
            *) node_file "$task" ;;
        esac
    done
}

# suites_together SUITES...: the suites that wait more than they work, or compile; one lane more than there are processors, because one of
# them mostly waits.  `pages` are the files of the tests through nginx, with and without a browser.
suites_together() {
    local file lane shared=() own=()
    for file in "${pages[@]}"; do
        if grep -q 'ownStack(' "$file"; then own+=("$file"); else shared+=("$file"); fi
    done
    : >"$temporary/queue"
    [ "${#pages[@]}" -eq 0 ] || node_packages || return 1
    [ "${#shared[@]}" -eq 0 ] || queue_add shared
    # The long ones, with a browser, first: no lane is then left alone with one in the end.
    [ "${#own[@]}" -eq 0 ] || queue_add "$(printf '%s\n' "${own[@]}" | tac)"
    if [ "$#" -gt 0 ]; then
        cluster_for_tests || return 1
        queue_add "$@"
    fi
    for ((lane = 1; lane <= $(nproc) + 1; lane++)); do lane "$lane" lane_tasks; done
    lanes_wait
}

stack_start() {
    rm -rf -- "$work/stack"
    one start node "$src/tests/support/installation.mjs" start "$work/stack" || return 1
    export AIDDESK_STACK=$work/stack/stack.json
}

# stack_end DIR: stops an installation that nobody uses any more.
stack_end() {
    node "$src/tests/support/installation.mjs" stop "$1" >/dev/null 2>&1 || true
    rm -rf -- "$1"
}
