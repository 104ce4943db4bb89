#!/usr/bin/env bash
# Builds the wheel, installs it into a fresh virtual environment, and tests it there, on a Ray cluster and in Spark too.
#
#   .ci/python.sh          all of it
#   .ci/python.sh wheel    the wheel alone, without clusters
#
# Where Python or the package registry is absent, it says so and does nothing. EPITOME_CLUSTER_PAIRS=1000000 makes the
# clusters' tests as large as they were tried by hand.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

skip() { printf '\nSKIPPED: %s; the Python package is neither built nor tested\n' "$*"; exit 0; }

python=${PYTHON:-python3}
command -v "$python" >/dev/null || skip "there is no $python"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' || skip "$("$python" --version) is older than 3.9"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -m venv "$scratch/venv" || skip "there is no module venv"
bin=$scratch/venv/bin
"$bin/pip" install --quiet 'maturin>=1.9,<2' || skip "the package registry cannot be reached"

# The crate has a lock of its own; the root's target folder is shared, so that what both need is built once.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"
cargo fmt --manifest-path python/Cargo.toml --check
(cd python && "$bin/maturin" build --release --locked --quiet --interpreter "$bin/python" --out "$scratch/wheels")
"$bin/pip" install --quiet "$scratch"/wheels/epitome-*.whl

# First with nothing beside it: a table of its own, and the command.
(cd "$scratch" && "$bin/python" -c '
import epitome
assert epitome.columns(epitome.score(["a b"], ["a b c"], metrics=["rouge1"]))["rouge1.precision"] == [1.0]')
"$bin/epitome" --version

"$bin/pip" install --quiet pytest pyarrow pandas polars duckdb rouge-score numpy
if [ "${1:-}" != wheel ]; then
  "$bin/pip" install --quiet 'ray[data]' pyspark
  # Spark runs on Java, which PyPI does not bring; without it, its tests say that they are skipped.
  if ! command -v java >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    { apt-get update && apt-get install -y default-jre-headless; } >/dev/null 2>&1 || true
  fi
fi
# From another folder, so that the package is the installed one.
cp -r python/tests python/benches python/pyproject.toml "$scratch/"
cd "$scratch"
"$bin/python" -m pytest -q -rs tests
"$bin/python" benches/against_rouge_score.py --turns 3
