#!/usr/bin/env bash
# Opens the page of the link that refuses mail in a real Chromium, in both languages: opening it changes nothing,
# its button does. Needs the Rust toolchain, python3 with venv, a package index, and the Debian packages chromium
# and chromium-driver, which are installed where they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root_do() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
  root_do apt-get update -q >/dev/null
  root_do env DEBIAN_FRONTEND=noninteractive apt-get install -qy chromium chromium-driver >/dev/null
fi
tools=${CARGO_TARGET_DIR:-target}/tools-pages
if ! "$tools/bin/python" -c 'import selenium' 2>/dev/null; then
  python3 -m venv "$tools" 2>/dev/null || { root_do env DEBIAN_FRONTEND=noninteractive apt-get install -qy python3-venv >/dev/null; python3 -m venv "$tools"; }
  "$tools/bin/pip" install --quiet --disable-pip-version-check 'selenium>=4,<5'
fi
cargo build --locked --quiet
"$tools/bin/python" scripts/check_mail.py pages "${CARGO_TARGET_DIR:-target}/debug/guildhall" "$scratch"
