# shellcheck shell=bash disable=SC2034,SC2154
# nginx's configuration, rendered from ops/nginx into DIR/etc/nginx.

# Cookies by program: base names as in cgi/*/main.c, besides `lang`, which everybody gets; tests/lint compares the two lists.
declare -gA web_cookies=(
    [intake]='draft ipre'
    [track]='track tpre'
    [account]='sid pre link dev'
    [desk]='sid dpre'
    [report]='sid rpre'
)

# cookie_map BASE FULL: takes one cookie out of the header; nothing when it comes twice or holds strange characters.
cookie_map() {
    cat <<MAP
map \$http_cookie \$aiddesk_cookie_$1 {
    default "";
    "~(?:^|;)\\s*$2=.*;\\s*$2=" "";
    "~(?:^|;)\\s*$2=(?<aiddesk_value_$1>[A-Za-z0-9._~-]{1,512})\\s*(?:;|\$)" "$2=\$aiddesk_value_$1; ";
}
MAP
}

# cookie_maps PREFIX SUFFIX: one map for each cookie, one for each program.
cookie_maps() {
    local program name joined all
    all=$(printf '%s\n' lang "${web_cookies[@]}" | tr ' ' '\n' | sort -u)
    for name in $all; do cookie_map "$name" "$1$name$2"; done
    for program in intake track account desk report; do
        joined=
        for name in ${web_cookies[$program]} lang; do joined+="\${aiddesk_cookie_$name}"; done
        cat <<MAP
map "$joined" \$aiddesk_cookies_$program {
    default "";
    "~^(?<aiddesk_all_$program>.+); \$" \$aiddesk_all_$program;
}
MAP
    done
}

# web_configure PORT: every file of ops/nginx/*.in, then nginx's own check of the whole.
web_configure() {
    local template target host=127.0.0.1
    local origin=http://$host:$1
    install -d -m 755 "$etc/nginx"
    for template in "$src"/ops/nginx/*.conf.in; do
        target=${template##*/}
        fill "$template" "$etc/nginx/${target%.in}" "PORT=$1" "ORIGIN=$origin" "HOST=$host" "RUN=$run" "TEMP=$temp" "LOG=$logs" \
            "ETC=$etc" "DATA=$data" "PAGES=${AIDDESK_PAGES_PER_MINUTE:-600}" "COOKIES=$(cookie_maps '' "-$1")"
    done
    /usr/sbin/nginx -t -q -c "$etc/nginx/nginx.conf" || die "nginx does not accept its configuration in $etc/nginx" \
        "Its words are above."
}
