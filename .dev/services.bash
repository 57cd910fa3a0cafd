# What tests and the demo run beside themselves; everything on loopback, on free ports.
# shellcheck shell=bash

CLEANUPS=()

# Remembers a command for the end; the last remembered runs first.
at_exit() {
    if [[ ${#CLEANUPS[@]} == 0 ]]; then trap run_cleanups EXIT; fi
    CLEANUPS+=("$1")
}

run_cleanups() {
    local i
    for ((i = ${#CLEANUPS[@]} - 1; i >= 0; i--)); do eval "${CLEANUPS[i]}" || true; done
}

free_port() {
    node -e 'const s=require("net").createServer();s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}

# wait_for URL PID LOG: until the URL answers, or the process is gone.
wait_for() {
    local url=$1 pid=$2 log=$3
    until curl -fsS -o /dev/null "$url" 2>/dev/null; do
        if ! kill -0 "$pid" 2>/dev/null; then
            tail -20 "$log" >&2
            die "ended before it answered at $url (log: $log)"
        fi
        sleep 0.2
    done
}

# A cluster for the length of this script, in STOCKHAND_TEST_POSTGRES: every test program would
# otherwise make its own. Each test makes its own database in it. It listens on a socket; with a port,
# on loopback too, where it asks for a password.
with_postgres() {
    local bin dir port=${1:-5432} listen=${1:+127.0.0.1}
    bin=$(postgres_bin)
    dir=$(mktemp -d "${TMPDIR:-/tmp}/stockhand-pg.XXXXXX")
    if [[ $(id -u) == 0 ]]; then chown "$(postgres_user)" "$dir"; fi
    chmod 711 "$dir"
    as_postgres "$bin/initdb" -D "$dir/data" -U stockhand -E UTF8 --locale=C \
        --auth-local=trust --auth-host=scram-sha-256 >/dev/null
    at_exit "rm -rf '$dir'"
    as_postgres "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
        -o "-c listen_addresses=$listen -c port=$port -c unix_socket_directories=$dir \
            -c max_connections=300" start >/dev/null
    at_exit "as_postgres '$bin/pg_ctl' -D '$dir/data' -m immediate stop >/dev/null"
    chmod 755 "$dir"
    export STOCKHAND_TEST_POSTGRES="postgres:///postgres?user=stockhand&host=$dir${1:+&port=$1}"
}

postgres_bin() {
    local found
    found=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -1 || true)
    [[ -n $found ]] || found=$(command -v initdb) || die "PostgreSQL is not installed"
    dirname "$(readlink -f "$found")"
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [[ $(id -u) == 0 ]]; then
        (cd / && exec setpriv --reuid "$(postgres_user)" --regid "$(id -g "$(postgres_user)")" --clear-groups "$@")
    else
        "$@"
    fi
}

postgres_user() {
    if id -u postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}
