# How the script speaks: steps on standard error, so that standard output stays a program's own.
# shellcheck shell=bash

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
die() {
    printf '\033[1;31mdev:\033[0m %s\n' "$*" >&2
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
