#!/bin/sh
# Format, lint, types, architecture rules and JavaScript syntax: seconds. Usage: check.sh <python of the venv>
set -u
python=$1
bad=0
step() {
    name=$1
    shift
    if said=$("$@" 2>&1); then echo "ok    $name"; else echo "WRONG $name"; echo "$said"; bad=1; fi
}
javascript() {
    node=$("$python" -m tests.tools.programs node) || { echo "no Node.js of version 20 or later"; return 1; }
    find static/js tests/js \( -name '*.js' -o -name '*.mjs' \) -type f | sort | while read -r file; do
        "$node" --check "$file" || exit 1
    done
}
step "format" "$python" -m ruff format --check --quiet .
step "lint" "$python" -m ruff check --quiet .
step "types" "$python" -m mypy
step "architecture" "$python" -m pytest -q -p no:cacheprovider tests/test_architecture.py
step "javascript" javascript
exit $bad
