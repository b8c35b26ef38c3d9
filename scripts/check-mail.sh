#!/usr/bin/env bash
# Lets other programs read what we mail and write what we read: signatures are verified by `dkimpy`, calendars by
# `icalendar` (PyPI), and a bounce is fetched from a real Dovecot (Debian package dovecot-imapd).
#
# Needs the Rust toolchain, python3 with venv, openssl, a package index, and root (or sudo) for Dovecot.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
chmod 755 "$scratch"
dovecot_runs=
root_do() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
cleanup() {
  if [ -n "$dovecot_runs" ]; then root_do doveadm -c "$scratch/dovecot.conf" stop >/dev/null 2>&1 || true; fi
  root_do rm -rf "$scratch"
}
trap cleanup EXIT

command -v apt-get >/dev/null && [ ! -x /usr/lib/dovecot/imap ] && {
  root_do apt-get update -q >/dev/null
  root_do env DEBIAN_FRONTEND=noninteractive apt-get install -qy dovecot-imapd >/dev/null
}
tools=${CARGO_TARGET_DIR:-target}/tools-mail
if ! "$tools/bin/python" -c 'import dkim, icalendar' 2>/dev/null; then
  python3 -m venv "$tools" 2>/dev/null || { root_do env DEBIAN_FRONTEND=noninteractive apt-get install -qy python3-venv >/dev/null; python3 -m venv "$tools"; }
  "$tools/bin/pip" install --quiet --disable-pip-version-check 'dkimpy==1.1.8' 'icalendar>=6,<7' tzdata
fi
cargo build --locked --quiet

openssl genrsa -out "$scratch/dkim.pem" 2048 2>/dev/null
openssl rsa -in "$scratch/dkim.pem" -pubout -outform DER 2>/dev/null | base64 -w0 >"$scratch/dkim.pub"

# A mailbox of its own on a port of its own.
port=10143
mkdir -p "$scratch/box/bounces/new" "$scratch/box/bounces/cur" "$scratch/box/bounces/tmp" "$scratch/run"
root_do chown -R nobody:nogroup "$scratch/box"
cat >"$scratch/dovecot.conf" <<CONF
base_dir = $scratch/run
state_dir = $scratch/run
log_path = $scratch/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:$scratch/box/%u
first_valid_uid = 1
passdb {
  driver = static
  args = password=s3cr3t
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$scratch/box/%u
}
service imap-login {
  inet_listener imap {
    port = $port
  }
  inet_listener imaps {
    port = 0
  }
}
CONF
root_do dovecot -c "$scratch/dovecot.conf"
dovecot_runs=yes

"$tools/bin/python" scripts/check_mail.py mail "${CARGO_TARGET_DIR:-target}/debug/guildhall" "$scratch" "$port"
