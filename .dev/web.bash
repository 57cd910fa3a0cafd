# The two web programs: compiled to wasm, bundled into target/web.
# shellcheck shell=bash

WASM_TARGET=wasm32-unknown-unknown
# Where the pages stand on the server.
CONSOLE_BASE=${CONSOLE_BASE:-/}

# Which compiler makes wasm: `rustup` (or any toolchain that has the target) or `debian`.
wasm_toolchain() {
    if [[ -n ${STOCKHAND_WASM:-} ]]; then
        echo "$STOCKHAND_WASM"
    elif [[ -d $(rustc --print target-libdir --target $WASM_TARGET 2>/dev/null) ]]; then
        echo rustup
    elif has_debian_wasm; then
        echo debian
    fi
}

has_debian_wasm() {
    [[ -x /usr/bin/rustc && -x /usr/bin/cargo ]] &&
        compgen -G '/usr/lib/rustlib/src/rust/library/std' \
            '/usr/src/rustc-*/library/std' >/dev/null
}

setup_wasm() {
    [[ -z $(wasm_toolchain) ]] || return 0
    say "adding the wasm target of this toolchain"
    if has rustup && rustup target add $WASM_TARGET >&2; then return; fi
    note "it cannot be fetched here; Debian's compiler for web programs will do"
    if has apt-get; then
        as_root apt-get install -q -y --no-install-recommends rustc-web cargo-web rust-web-src >&2 ||
            true
    fi
    [[ -n $(wasm_toolchain) ]] || die "no compiler for $WASM_TARGET: run 'rustup target add\
 $WASM_TARGET', or install Debian's rustc-web, cargo-web and rust-web-src"
}

# cargo for the wasm crates: wasm_cargo build|clippy …
wasm_cargo() {
    local verb=$1
    shift
    if [[ $(wasm_toolchain) == debian ]]; then
        local linker
        linker=$(rustc --print sysroot)/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld
        if [[ $verb == clippy ]]; then
            note "Debian's compiler has no clippy: the wasm crates are checked without it"
            verb=check
            local options="$*"
            read -ra options <<<"${options%% -- *}"
            set -- "${options[@]}"
        fi
        PATH=/usr/bin:$PATH RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
            CARGO_UNSTABLE_BUILD_STD=std,panic_abort \
            CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$linker \
            /usr/bin/cargo "$verb" --target $WASM_TARGET --target-dir "$TARGET/wasm-debian" "$@"
    else
        cargo "$verb" --target $WASM_TARGET --target-dir "$TARGET/wasm" "$@"
    fi
}

wasm_out() {
    if [[ $(wasm_toolchain) == debian ]]; then
        echo "$TARGET/wasm-debian/$WASM_TARGET/web"
    else
        echo "$TARGET/wasm/$WASM_TARGET/web"
    fi
}

# web_build [--release]: one profile for both; --release also runs the optimiser.
# A profile of its own for development would compile every dependency a second time, and
# link no sooner: unoptimised wasm is ten times the size.
web_build() {
    local options=("$@")
    [[ " ${options[*]} " != *" --release "* ]] || options+=(--wasm-opt "$NPM/node_modules/.bin/wasm-opt")
    say "web programs"
    cargo build -p bundle
    wasm_cargo build --profile web -p app-ui -p console
    bundle app app-ui app-ui "${options[@]}"
    bundle console console sync-server/console --served --base "$CONSOLE_BASE" "${options[@]}"
}

# bundle NAME CRATE FOLDER [OPTIONS]
bundle() {
    local name=$1 crate=$2 folder=$3 assets=()
    shift 3
    mapfile -t assets < <(web_assets "$folder")
    "$TARGET/debug/bundle" --wasm "$(wasm_out)/$crate.wasm" --html "$folder/index.html" \
        --out "$WEB/$name" "$@" --assets "${assets[@]}" >&2
}

# Tokens first: the style sheets after them use their names.
web_assets() {
    local asset
    for asset in assets/tokens.css "$1"/*.css "$1"/styles/*.css "$1"/public/* assets/icons; do
        if [[ -e $asset ]]; then echo "$asset"; fi
    done
    # The fonts are large, and drawn by labels; a page gets them when it asks for one.
    if grep -qs 'fonts/' assets/tokens.css "$1"/*.css "$1"/styles/*.css; then echo assets/fonts; fi
}
