#!/bin/sh
# Installs Chromium for the browser tests unless there is one: Debian's where we may, else playwright's own.
# Usage: install.sh <python of the venv>. Node.js comes with playwright where the system has none.
set -eu
python=$1
has_chromium() { "$python" -m tests.tools.programs chromium >/dev/null 2>&1; }

has_chromium && exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="no"; fi
fi

if command -v apt-get >/dev/null && [ "$as_root" != "no" ]; then
    echo "Installing Chromium with apt-get …"
    export DEBIAN_FRONTEND=noninteractive
    { $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 ||
        { $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends chromium; } >/dev/null
    } || echo "apt-get could not install chromium" >&2
fi
has_chromium && exit 0

echo "Installing playwright's own Chromium …"
"$python" -m playwright install chromium >/dev/null || echo "playwright could not install chromium" >&2
has_chromium && exit 0

if [ -n "${CI:-}" ]; then
    echo "no Chromium that starts, and CI is set: the browser tests must run" >&2
    exit 1
fi
echo "No Chromium that starts could be installed: the browser tests will be skipped." >&2
