#!/usr/bin/env bash
# Gives the books of the demo's season to the programs that people use for such books, and expects them to agree:
# bean-check, ledger --strict --pedantic, hledger check --strict. Then changes one cent and expects them to object.
#
#   scripts/check-exports.sh [FOLDER]     a folder that `guildhall demo --exit --export FOLDER` has written;
#                                         without one the demo is run now
#
# Needs the Rust toolchain, python3, and package registries for what is not installed: beancount goes into a virtual
# environment below target/, ledger and hledger come from the system's packages (apt).
set -euo pipefail
cd "$(dirname "$0")/.."

BEANCOUNT=3.2.3
tools=${CARGO_TARGET_DIR:-target}/tools
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say() { printf '   %s\n' "$*"; }
fail() { printf 'check-exports: %s\n' "$*" >&2; exit 1; }
root_do() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
apt_install() {
  command -v apt-get >/dev/null || fail "install $* by hand: this system has no apt"
  root_do apt-get update -q >/dev/null
  root_do env DEBIAN_FRONTEND=noninteractive apt-get install -qy "$@" >/dev/null
}
guildhall() { cargo run --locked --quiet -- "$@"; }
# Runs a check that must object, with exit code 1.
objects() {
  local code=0
  "$@" >"$scratch/objection" 2>&1 || code=$?
  [ "$code" = 1 ] || { cat "$scratch/objection"; fail "$1 ended with $code where it should object with 1"; }
}

for tool in ledger hledger; do
  command -v "$tool" >/dev/null || apt_install "$tool"
done
if ! "$tools/bin/bean-check" --version 2>/dev/null | grep -q "$BEANCOUNT"; then
  python3 -m venv "$tools" 2>/dev/null || { apt_install python3-venv; python3 -m venv "$tools"; }
  "$tools/bin/pip" install --quiet --disable-pip-version-check "beancount==$BEANCOUNT"
fi
PATH=$tools/bin:$PATH

books=${1:-}
if [ -z "$books" ]; then
  books=$scratch/books
  guildhall demo --exit --export "$books" >"$scratch/story" || { cat "$scratch/story"; fail "the demo broke off"; }
fi

for reader in "" member-; do
  bean-check "$books/${reader}season.beancount"
  ledger --strict --pedantic -f "$books/${reader}season.journal" balance >/dev/null
  hledger check --strict ordereddates -f "$books/${reader}season.journal"
  python3 - "$books/${reader}season.csv" <<'PYTHON'
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
assert rows, "no rows"
assert sum(int(row["amount_minor"]) for row in rows) == 0, "the amounts do not sum to 0"
assert all(row["custodian_holder"] for row in rows), "a row without a custodian"
PYTHON
  guildhall verify-ledger "$books/${reader}season.jsonl" >/dev/null
done
transactions=$(grep -c '^20..-..-.. \*' "$books/season.journal")
[ "$transactions" = 29 ] || fail "the season has $transactions transactions instead of 29"
say "bean-check, ledger, hledger and verify-ledger agree with its 29 transactions"

# One cent more on one posting.
python3 - "$books" "$scratch" <<'PYTHON'
import re, sys
books, scratch = sys.argv[1:]
def cent(name, pattern, change):
    text = open(f"{books}/{name}", encoding="utf-8").read()
    altered, count = re.subn(pattern, change, text, count=1, flags=re.M)
    assert count == 1 and altered != text, name
    open(f"{scratch}/{name}", "w", encoding="utf-8").write(altered)
def more(match):
    whole, cents = match[2].split(".")
    cents = f"{(int(cents) + 1) % 100:02}"
    return f"{match[1]}{whole}.{cents}{match[3]}"
posting = r"^( +Assets:Bank\S+ +)(-?\d+\.\d\d)( CNY)$"
cent("season.beancount", posting, more)
cent("season.journal", posting, more)
# An assertion alone: one cent is not tolerated either.
text = open(f"{books}/season.beancount", encoding="utf-8").read()
altered, count = re.subn(r"^(\S+ balance Income:\S+ +)(-?\d+\.\d\d)( ~ 0 CNY)$", more, text, count=1, flags=re.M)
assert count == 1 and altered != text
open(f"{scratch}/assertion.beancount", "w", encoding="utf-8").write(altered)
# One digit of a posting in the chain.
cent("season.jsonl", r'(\\"bank\\",\\"[^"]*\\",)(\d+)', lambda m: f"{m[1]}{int(m[2]) + 1}")
PYTHON
objects bean-check "$scratch/season.beancount"
objects bean-check "$scratch/assertion.beancount"
objects ledger --strict --pedantic -f "$scratch/season.journal" balance
objects hledger check --strict -f "$scratch/season.journal"
objects guildhall verify-ledger "$scratch/season.jsonl"
say "each of them objects to one cent"
