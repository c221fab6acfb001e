# shellcheck shell=bash disable=SC2034,SC2154
# DIR/etc/aiddesk.conf.  ops/run sets what it decides itself; every other line is the operator's and stays.

# conf_set NAME VALUE: replaces the line of a setting, or adds one.
conf_set() {
    local text='' line found=
    if [ -f "$conf" ]; then
        while IFS= read -r line || [ -n "$line" ]; do
            if [[ $line =~ ^[[:space:]]*$1[[:space:]]*= ]]; then
                line="$1 = $2"
                found=1
            fi
            text+=$line$'\n'
        done <"$conf"
    fi
    [ -n "$found" ] || text+="$1 = $2"$'\n'
    # In one step, so that a power cut leaves the old file or the new one.
    printf '%s' "$text" >"$conf.new"
    chmod 644 "$conf.new"
    mv "$conf.new" "$conf"
}

# conf_write PORT DEMO: DEMO is yes for demo and test installations; an installation that was one stays one, because its data are
# invented and its clock may have been moved.
conf_write() {
    if [ ! -f "$conf" ]; then
        printf '# Settings of this Aid Desk.  ./ops/run writes those about places, port and database; yours go below.\n' >"$conf"
    fi
    conf_set public_origin "http://127.0.0.1:$1"
    conf_set database "$db_host"
    conf_set database_port "$db_port"
    conf_set database_name "$db_name"
    conf_set socket_dir "$run/web"
    conf_set keys_dir "$keys"
    conf_set data_dir "$data"
    conf_set run_dir "$run/state"
    conf_set user_prefix aiddesk-
    [ "$2" != yes ] || conf_set demo yes
}

# conf_get NAME: the value, or nothing.
conf_get() { [ ! -f "$conf" ] || sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$conf" | tail -n 1; }
