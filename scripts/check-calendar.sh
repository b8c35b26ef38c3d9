#!/usr/bin/env bash
# Reads feeds and calendar files of a running sandbox with the PyPI package `icalendar`: what we write, another
# program must understand. Needs python3 with venv, and a package index.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv" 2>/dev/null || python3 -m venv --without-pip "$scratch/venv"
if [ -x "$scratch/venv/bin/pip" ]; then
  "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check 'icalendar>=6,<7' tzdata
else
  python3 -m pip install --quiet --disable-pip-version-check --target "$scratch/lib" 'icalendar>=6,<7' tzdata
  export PYTHONPATH="$scratch/lib"
fi
cargo build --locked --quiet
exec_as="$scratch/venv/bin/python"
"$exec_as" scripts/check-calendar.py "${CARGO_TARGET_DIR:-target}/debug/guildhall" "$scratch/data"
