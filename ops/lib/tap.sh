# shellcheck shell=bash disable=SC2034,SC2154
# Counts test results.  Everything that tests is counted here, in the end as one line.

passed=0
failed=0

# tally NAME STATUS COUNTS LOG: adds one program's results.  COUNTS is "passed failed" as printed by a counter below; a program that ended
# badly without a failed test counts as one failure, and so does one that tested nothing.
tally() {
    local name=$1 status=$2 ok bad
    read -r ok bad <<<"$3"
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then bad=1; fi
    passed=$((passed + ok))
    failed=$((failed + bad))
    # Lanes print side by side: one at a time.
    {
        flock 6
        printf '%-44s %5d passed, %d failed\n' "$name" "$ok" "$bad"
        [ "$bad" -eq 0 ] || tap_show "$4"
    } 6<"${BASH_SOURCE[0]}"
}

# tap_count FILE: "passed failed" of a TAP file.  Skipped tests are neither; a broken plan and "Bail out!" are failures.
tap_count() {
    awk '
        function finish() { if (planned >= 0 && seen != planned) bad++; planned = -1; seen = 0 }
        BEGIN { planned = -1 }
        /^[0-9]+\.\.[0-9]+/ { if (planned >= 0) finish(); split($1, p, /\.\./); planned = p[2] + 0; next }
        /^not ok / { seen++; bad++; next }
        /^ok / { seen++; if ($0 !~ /# *SKIP/) ok++; next }
        /^Bail out!/ { bad++ }
        END { finish(); print ok + 0, bad + 0 }
    ' "$1"
}

# node_count FILE: "passed failed" of node:test, whose own summary counts tests inside tests.
node_count() {
    awk '
        /^# pass [0-9]+$/ { ok = $3; found = 1 }
        /^# (fail|cancelled) [0-9]+$/ { bad += $3 }
        END { print ok + 0, found ? bad + 0 : 1 }
    ' "$1"
}

# tap_show FILE: what a person needs from the log of a failed program: each failure with what stands around it, and the end.
tap_show() {
    {
        printf -- '--- %s\n' "$1"
        if [ "$(wc -l <"$1")" -le 120 ]; then
            cat "$1"
        else
            grep -n -E -B 2 -A 25 '(^| )not ok |\[  FAILED  \]|^Bail out!' "$1" | head -n 300 || true
            printf -- '--- end of %s\n' "$1"
            tail -n 40 "$1"
        fi
        printf -- '---\n'
    } | sed 's/^/    /'
}
