#!/bin/sh
# Copies the static files under hashed names and writes manifest.json, {"app.css": "app.<8 hex of its SHA-256>.css", …}.
# app.js comes last: its imports are given the hashed names of the modules.  Fails when a budget of UX.md §10 is exceeded.
#
#   static/build.sh SOURCE_DIR OUT_DIR
set -eu

src=$1
out=$2
css_max=10240
js_max=15360

weigh() { # label limit file...
    label=$1 limit=$2
    shift 2
    bytes=$(for file in "$@"; do gzip -9 -c "$file"; done | wc -c)
    if [ "$bytes" -gt "$limit" ]; then
        echo "static: $label weighs $bytes bytes in gzip, more than $limit" >&2
        exit 1
    fi
}

hashed() { # file name -> name.<hash>.ext
    printf '%s.%s.%s' "${2%.*}" "$(sha256sum "$1" | cut -c 1-8)" "${2##*.}"
}

weigh app.css "$css_max" "$src/app.css"
weigh modules "$js_max" "$src"/*.js

rm -rf "$out"
mkdir -p "$out"
rewrite=
manifest=
add() { # source file, name
    name=$(hashed "$1" "$2")
    cp "$1" "$out/$name"
    chmod 644 "$out/$name"
    manifest="$manifest${manifest:+,}
  \"$2\": \"$name\""
}

for file in "$src"/*.js; do
    base=${file##*/}
    [ "$base" = app.js ] && continue
    add "$file" "$base"
    rewrite="$rewrite;s|'\\./$base'|'./$name'|"
done
sed "$rewrite" "$src/app.js" > "$out/app.js.tmp"
add "$out/app.js.tmp" app.js
rm -f "$out/app.js.tmp"
add "$src/app.css" app.css
add "$src/icons.svg" icons.svg
# These two have fixed addresses.
cp "$src/favicon.svg" "$src/robots.txt" "$out/"
chmod 644 "$out/favicon.svg" "$out/robots.txt"
printf '{%s\n}\n' "$manifest" > "$out/manifest.json"
