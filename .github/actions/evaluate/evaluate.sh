#!/usr/bin/env bash
# Runs a suite, holds it against the baseline of the merge base, and leaves what a reviewer reads. Runs anywhere:
#
#   BASE=origin/main bash .github/actions/evaluate/evaluate.sh
#
# SUITE    the suite (epitome.toml)
# EPITOME  the program (epitome)
# BASE     the branch that a change goes to; empty: the baseline as it stands in the tree
# OFFLINE  true: ask nobody, score the outputs that are kept or committed (what a fork without keys does)
# OUT      the folder for report.html, report.md, junit.xml and gate.json (epitome-report)
set -uo pipefail

suite=${SUITE:-epitome.toml}
epitome=${EPITOME:-epitome}
out=${OUT:-epitome-report}
summary=${GITHUB_STEP_SUMMARY:-/dev/stdout}
mkdir -p "$out"

die() {
  printf '::error title=epitome::%s\n' "$1"
  exit 2
}

[ -f "$suite" ] || die "there is no suite at $suite; name it in the input \`suite\`"
command -v "$epitome" >/dev/null || die "\`$epitome\` is not to be found; give its path in the input \`binary\`"

# The baseline that counts is the one a change starts from: a change may not move the line that it is held against.
against=()
moved=""
if [ -n "${BASE:-}" ]; then
  base=$(git merge-base HEAD "$BASE") || die "no merge base with $BASE; check out with fetch-depth: 0"
  against=(--baseline "git:$base")
  moved=$(git diff --name-only "$base" -- ":(glob)**/reports/*/baseline.json" ":(glob)reports/*/baseline.json")
fi

asking=()
if [ "${OFFLINE:-false}" = true ]; then
  asking=(--offline --allow-not-evaluated)
fi

"$epitome" run "$suite" --quiet ${asking[@]+"${asking[@]}"} >"$out/run.txt"
ran=$?
# 0 and 1 (an absolute gate) leave a complete record, 3 one with failures: all three are worth a report.
if [ "$ran" -ne 0 ] && [ "$ran" -ne 1 ] && [ "$ran" -ne 3 ]; then
  cat "$out/run.txt"
  exit "$ran"
fi

"$epitome" gate --suite "$suite" ${against[@]+"${against[@]}"} --format json >"$out/gate.json"
gated=$?
"$epitome" report latest --suite "$suite" --format html,markdown,junit,csv --out "$out" >/dev/null || exit $?
# Annotations for the pull request's files.
"$epitome" report latest --suite "$suite" --format github --out -

{
  if [ -n "$moved" ]; then
    printf '> **This change moves the baseline itself**: %s. It was held against the one it starts from.\n\n' \
      "$(printf '%s' "$moved" | tr '\n' ' ' | sed 's/ *$//')"
  fi
  if [ "${OFFLINE:-false}" = true ]; then
    printf '> Scored on outputs that were kept: nobody was asked anew.\n\n'
  fi
  cat "$out/report.md"
} >"$out/summary.md"
cat "$out/summary.md" >>"$summary"

if [ -n "${GITHUB_OUTPUT:-}" ]; then
  {
    printf 'report=%s\n' "$out"
    printf 'baseline-moved=%s\n' "$([ -n "$moved" ] && echo true || echo false)"
  } >>"$GITHUB_OUTPUT"
fi

# As epitome's own order of exit codes: internal error, usage, failures, gate.
for code in 4 2 3 1; do
  if [ "$ran" -eq "$code" ] || [ "$gated" -eq "$code" ]; then
    exit "$code"
  fi
done
