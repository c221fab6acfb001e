#!/bin/sh
# Makes nginx's own error pages from the catalogs (cgi/locale/*/gate.json): one bilingual HTML page and one problem+json per status.
#
#   ops/nginx/errors.sh SOURCE_DIR OUT_DIR
set -eu

src=$1
out=$2
zh=$src/cgi/locale/zh-CN/gate.json
en=$src/cgi/locale/en/gate.json

# text FILE KEY: a catalog is flat, one "key": "value" a line; values here hold no markup and no escapes.
text() {
    value=$(sed -n "s/^ *\"gate\\.$2\": \"\\([^\"\\\\&<>|]*\\)\",*\$/\\1/p" "$1")
    if [ -z "$value" ]; then
        echo "errors.sh: no plain text gate.$2 in $1" >&2
        exit 1
    fi
    printf '%s' "$value"
}

# page STATUS: assignments stand alone, because only they end the script when a text is missing.
page() {
    text_zh=$(text "$zh" "$1.text")
    text_en=$(text "$en" "$1.text")
    next_zh=$(text "$zh" "$1.next")
    next_en=$(text "$en" "$1.next")
    sed -e "s|@TEXT_ZH@|$text_zh|g" -e "s|@NEXT_ZH@|$next_zh|g" -e "s|@TEXT_EN@|$text_en|g" -e "s|@NEXT_EN@|$next_en|g" \
        -e "s|@SITE_ZH@|$site_zh|g" -e "s|@HOME_ZH@|$home_zh|g" -e "s|@HOME_EN@|$home_en|g" \
        "$src/ops/nginx/error.html.in" >"$out/$1.html"
    printf '{"type":"about:blank","status":%s,"title":"%s","title_zh":"%s"}\n' "$1" "$text_en" "$text_zh" >"$out/$1.json"
}

site_zh=$(text "$zh" site)
home_zh=$(text "$zh" home)
home_en=$(text "$en" home)
mkdir -p "$out"
cp "$src/ops/nginx/error.css" "$out/error.css"
for status in 400 403 404 405 413 421 429 431 500 502 503; do
    page "$status"
done
chmod 644 "$out"/*
