# The demo: server, console, data, a tablet, its window, and orders that keep coming.
# Its state is under target/demo; a second run keeps it, --fresh starts over.
# shellcheck shell=bash

DEMO=$ROOT/target/demo
DEMO_LISTEN=${STOCKHAND_DEMO_LISTEN:-127.0.0.1:7400}
DEMO_URL=http://$DEMO_LISTEN

demo() {
    local window=yes profile=debug options=()
    while [[ $# -gt 0 ]]; do
        case $1 in
            --headless) window='' ;;
            --fresh) rm -rf "$DEMO" ;;
            --release) profile=release options=(--release) ;;
            *) die "demo: unknown option $1" ;;
        esac
        shift
    done
    demo_build "$window" "${options[@]}"
    BIN=$TARGET/$profile
    mkdir -p "$DEMO"
    demo_secrets
    demo_server
    if [[ ! -e $DEMO/loaded ]]; then demo_load; fi
    if [[ ! -e $DEMO/enrolled ]]; then demo_enrol; fi
    demo_orders
    demo_words
    if [[ -n $window ]]; then
        demo_window
    else
        note "running without a window; Ctrl-C ends it"
        wait "$SERVER_PID"
    fi
}

demo_build() {
    local window=$1 crates=(-p sync-server -p demo -p app-cli)
    shift
    if [[ -n $window ]]; then
        setup demo
        crates+=(-p app-shell)
    else
        setup headless
    fi
    web_build "$@"
    say "programs (the first time takes minutes)"
    cargo build "${crates[@]}" "$@"
}

# The server takes these at its first start; the demo signs in with them ever after.
demo_secrets() {
    local file=$DEMO/secrets
    if [[ ! -e $file ]]; then
        (
            umask 077
            printf 'export STOCKHAND_OPERATOR_LOGIN=operator\n'
            printf 'export STOCKHAND_OPERATOR_PASSWORD=%s\n' "$(random_word)"
            printf 'export STOCKHAND_CHANNEL_TOKEN=%s\n' "$(random_word)$(random_word)"
        ) >"$file.new"
        chmod 600 "$file.new"
        mv "$file.new" "$file"
    fi
    # shellcheck source=/dev/null
    source "$file"
}

random_word() { od -An -N12 -tx1 /dev/urandom | tr -d ' \n'; }

demo_server() {
    if curl -fsS -o /dev/null "$DEMO_URL/health" 2>/dev/null; then
        die "something answers at $DEMO_URL already; end it, or set STOCKHAND_DEMO_LISTEN"
    fi
    say "server on $DEMO_URL"
    "$BIN/sync-server" serve --db "sqlite:$DEMO/server.db" --data "$DEMO/server" \
        --listen "$DEMO_LISTEN" >"$DEMO/server.log" 2>&1 &
    SERVER_PID=$!
    at_exit "kill $SERVER_PID 2>/dev/null"
    wait_for "$DEMO_URL/health" "$SERVER_PID" "$DEMO/server.log"
}

demo_load() {
    say "loading stores, products, stock and people"
    "$BIN/demo" load --url "$DEMO_URL" | tee "$DEMO/sign-ins"
    touch "$DEMO/loaded"
}

demo_enrol() {
    say "enrolling the demo tablet"
    local code
    code=$("$BIN/demo" pair --url "$DEMO_URL")
    "$BIN/app-cli" --data "$DEMO/tablet" enrol --url "$DEMO_URL" --code "$code"
    touch "$DEMO/enrolled"
}

demo_orders() {
    local burst=0
    if [[ ! -e $DEMO/ordered ]]; then burst=6; fi
    "$BIN/demo" orders --url "$DEMO_URL" --rate 2 --burst "$burst" >"$DEMO/orders.log" 2>&1 &
    at_exit "kill $! 2>/dev/null"
    touch "$DEMO/ordered"
}

demo_words() {
    say "ready"
    note "console  $DEMO_URL$CONSOLE_BASE"
    note "         sign in as $STOCKHAND_OPERATOR_LOGIN, password $STOCKHAND_OPERATOR_PASSWORD"
    note "tablet   sign in as one of"
    sed 's/^/             /' "$DEMO/sign-ins" >&2
    note "logs     $DEMO/server.log, $DEMO/orders.log"
}

demo_window() {
    say "the associate's window; closing it ends the demo"
    "$BIN/app-shell" --data "$DEMO/tablet" >"$DEMO/app.log" 2>&1 ||
        die "the window ended badly: $(tail -3 "$DEMO/app.log")"
}
