#!/usr/bin/env bash
# Holds the overlap metrics against rouge-score and sacreBLEU themselves on random pairs. Both are installed into a folder
# that goes away; skipped, loudly, where Python or the package registry is absent. Takes the epitome to hold.
set -euo pipefail
cd "$(dirname "$0")/.."
epitome=$(realpath "${1:-target/release/epitome}")
skip() { printf '\nSKIPPED: %s; no value was compared with the peers\n' "$*" >&2; exit 0; }
command -v python3 >/dev/null || skip "there is no python3 here"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv" >/dev/null 2>&1 || skip "python3 has no venv"
"$scratch/venv/bin/pip" install --quiet rouge-score==0.1.2 sacrebleu==2.6.0 || skip "the peers cannot be installed"
"$scratch/venv/bin/python" benches/peers.py --binary "$epitome" --pairs "${EPITOME_PEER_PAIRS:-60}" --seed "${EPITOME_PEER_SEED:-1}"
