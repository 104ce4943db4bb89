#!/usr/bin/env bash
# What a reader does with a report, in headless Chromium: .ci/browser.sh [PART OF A TEST'S NAME]
# The README's pictures are made anew by: .ci/browser.sh --pictures
#
# Installs Chromium and fonts from Debian where they are missing and may be had, and three npm packages of fixed versions
# under target/. Where that cannot be done it says so and is skipped; EPITOME_BROWSER=required makes that a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
  printf '\nSKIPPED: the browser tests did not run: %s\n\n' "$*" >&2
  [ "${EPITOME_BROWSER:-}" = required ] && exit 1
  exit 0
}

install() {
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
  apt-get install -y -qq "$@" >/dev/null 2>&1 && return 0
  apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq "$@" >/dev/null 2>&1
}

command -v chromium >/dev/null || install chromium fonts-noto-cjk || skip "there is no chromium (Debian: chromium fonts-noto-cjk)"
command -v node >/dev/null || install nodejs npm || skip "there is no node (Debian: nodejs npm)"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || skip "node is older than 20"

work=$PWD/target/browser
mkdir -p "$work"
cp .ci/browser/package.json "$work/"
cp .ci/browser/*.mjs "$work/"
(cd "$work" && npm install --silent --no-audit --no-fund --no-package-lock >/dev/null 2>&1) ||
  skip "npm could not install $(node -p 'Object.entries(require("'"$work"'/package.json").dependencies).map(d => d.join("@")).join(", ")')"

cargo build --release
epitome=${EPITOME:-$PWD/target/release/epitome}
site=$work/site
rm -rf "$site" && mkdir -p "$site"

# The bundled suite, in both languages, and the two drafts held against each other.
cp -r epitome.toml datasets references reports "$site/"
(
  cd "$site"
  "$epitome" run --quiet >/dev/null || true
  for lang in en zh-Hant; do "$epitome" report latest --format html --ui-lang "$lang" --out "$lang" >/dev/null; done
  mv en/report.html report.html
  mv zh-Hant/report.html report.zh-Hant.html
  "$epitome" compare draft@v2 draft@v1 --format html >compare.html
)

export CHROMIUM
CHROMIUM=$(command -v chromium)
if [ "${1:-}" = --pictures ]; then
  node "$work/shots.mjs" "$site" docs/img
  # Few colours do: a quarter of the size.
  if command -v pngquant >/dev/null || install pngquant; then
    for picture in docs/img/*.png; do pngquant --force --skip-if-larger --quality 60-90 --strip --output "$picture" 64 "$picture"; done
  fi
  exit
fi

# Texts that try to break out of whatever they stand in, and what size costs.
node "$work/generate.mjs" hostile "$site/hostile"
(
  cd "$site/hostile"
  "$epitome" run --quiet >/dev/null || true
  "$epitome" report latest --format html --out out >/dev/null
  mv out/report.html ../hostile.html
  "$epitome" compare 'e<vil>' 'e<vil>2' --format html >../hostile-compare.html
)
for kind in copies:100 many:10000; do
  many=${kind#*:}
  node "$work/generate.mjs" "${kind%:*}" "$site/many-$many" "$many"
  (
    cd "$site/many-$many"
    "$epitome" run --quiet >/dev/null
    began=$(date +%s%N)
    "$epitome" report latest --format html --out out >/dev/null
    printf '%s articles by 5 systems: %s ms to write, %s bytes in report.html\n' "$many" \
      $((($(date +%s%N) - began) / 1000000)) "$(stat -c %s out/report.html)"
  )
done
mv "$site/many-10000/out" "$site/large"
# Copies come in fifteens: 105 articles.
bytes=$(($(stat -c %s "$site/many-100/out/report.html") * 100 / 105))
[ "$bytes" -le 3000000 ] || { echo "a report of 100 articles by 5 systems has $bytes bytes, and 3,000,000 are allowed" >&2; exit 1; }

node "$work/test.mjs" "$site" "$@"
