#!/usr/bin/env bash
# Fetches the release that release.txt pins, and refuses it unless its SHA-256 is the one written there.
#
#   bash install.sh OWNER/REPO FOLDER
set -euo pipefail

repository=$1
folder=$2
here=$(cd "$(dirname "$0")" && pwd)
target="$(uname -m)-$(uname -s)"
case "$target" in
  x86_64-Linux) target=x86_64-unknown-linux-musl ;;
  aarch64-Linux) target=aarch64-unknown-linux-musl ;;
  arm64-Darwin) target=aarch64-apple-darwin ;;
  *) echo "::error::no release for $target; build it and give its path in the input \`binary\`" >&2; exit 2 ;;
esac

version=$(sed -n 's/^version //p' "$here/release.txt")
sum=$(awk -v target="$target" '$1 == target { print $2 }' "$here/release.txt")
if [ -z "$version" ] || [ -z "$sum" ]; then
  echo "::error::release.txt pins no release for $target yet; build it and give its path in the input \`binary\`" >&2
  exit 2
fi

mkdir -p "$folder"
archive="$folder/epitome.tar.gz"
curl --fail --silent --show-error --location --retry 3 --output "$archive" \
  "https://github.com/$repository/releases/download/v$version/epitome-$version-$target.tar.gz"
printf '%s  %s\n' "$sum" "$archive" | sha256sum --check --quiet || {
  echo "::error::the archive of v$version is not the one that release.txt pins" >&2
  exit 2
}
tar -xzf "$archive" -C "$folder"
"$folder/epitome" --version
