# Ourselves beside Vendure and Medusa: ./dev bench peers [--only NAME,…] [--seconds N] [--races N].
# Everything on loopback; what is installed stays in the target folder.
# shellcheck shell=bash

PEERS=$TARGET/bench/peers

bench_peers() {
    # Not `exec`, because the cluster has to be ended.
    setup all >&2
    peers_server
    local port dir
    port=$(free_port)
    with_postgres "$port"
    dir=${STOCKHAND_TEST_POSTGRES#*host=}
    dir=${dir%%&*}
    local password
    password=$(random_word)
    psql -X -q -h "$dir" -p "$port" -U stockhand -d postgres \
        <<<"alter role stockhand password '$password'"
    say "the same work on each, one after another"
    PEERS_FOLDER=$PEERS PEERS_SERVER=$TARGET/release/sync-server \
        PEERS_PG_DIR=$dir PEERS_PG_PORT=$port PEERS_PG_PASSWORD=$password \
        node "$ROOT/tests/bench/peers/main.mjs" "$@"
}

# Built where there is none, as the other benchmarks do; one that is there is measured as it is.
peers_server() {
    local server=$TARGET/release/sync-server newer
    if [[ ! -x $server ]]; then
        web_build --release >&2
        say "programs (the first time takes minutes)"
        cargo build --release -p sync-server >&2
        return
    fi
    newer=$(find sync-server/{src,migrations} app-core/domain/src -newer "$server" -print -quit)
    if [[ -n $newer ]]; then
        note "$server is OLDER than its sources; cargo build --release -p sync-server makes it anew"
    fi
}
