# Installs what is missing and says what and why; does nothing, quickly, the second time.
# shellcheck shell=bash

# group | how to see that it is there | Debian and Ubuntu packages (alternatives with /) | why
NEEDS='
headless|cmd:cc|build-essential|C compiler: SQLite, zstd and ring are compiled from source
headless|cmd:clang|clang|links the programs
headless|cmd:ld.lld|lld|links them fast
headless|cmd:pkg-config|pkg-config|finds system libraries
headless|cmd:curl|curl ca-certificates|downloads
headless|cmd:npm|nodejs npm|runs the wasm optimiser, and in the tests a barcode reader
demo|pc:webkit2gtk-4.1|libwebkit2gtk-4.1-dev|the web view of the app'"'"'s window
demo|pc:gtk+-3.0|libgtk-3-dev|the window itself
all|sbin:initdb|postgresql|the second database of the storage tests
all|sbin:nats-server|nats-server|the stream that the tests publish into
all|cmd:Xvfb|xvfb|a screen for the window test
all|cmd:dbus-run-session|dbus|the session bus the window expects
all|cmd:WebKitWebDriver|webkit2gtk-driver|drives the real window
all|cmd:chromium/chromium-browser/google-chrome|chromium/chromium-browser|shows the real console
all|cmd:chromedriver|chromium-driver/chromium-chromedriver|drives it
all|cmd:pdftotext|poppler-utils|reads the printed PDFs back
all|font:NotoSansThai-Regular|fonts-noto-core|a script that the labels have no face of their own for
all|cmd:ippeveprinter|cups-ipp-utils|a printer that speaks IPP
all|cmd:shellcheck|shellcheck|checks this script
'

setup() {
    local group=${1:-all} missing
    missing=$(missing_needs "$group")
    if [[ -n $missing ]]; then
        install_packages "$missing"
        missing=$(missing_needs "$group")
        [[ -z $missing ]] || die "still missing after the installation:"$'\n'"$missing"
    fi
    setup_rust
    setup_wasm
    setup_npm
    if [[ $group == all ]]; then setup_nextest; fi
}

# The lines of NEEDS that concern the group and are not there.
missing_needs() {
    local group=$1 of how packages why
    while IFS='|' read -r of how packages why; do
        if [[ -n $of ]] && in_group "$of" "$group" && ! is_there "$how"; then
            echo "$of|$how|$packages|$why"
        fi
    done <<<"$NEEDS"
}

in_group() {
    case $2 in
        all) true ;;
        demo) [[ $1 != all ]] ;;
        *) [[ $1 == headless ]] ;;
    esac
}

is_there() {
    local kind=${1%%:*} names=${1#*:} name
    for name in ${names//\// }; do
        case $kind in
            cmd) has "$name" && return ;;
            font) [[ -e /usr/share/fonts/truetype/noto/$name.ttf ]] && return ;;
            pc) has pkg-config && pkg-config --exists "$name" && return ;;
            sbin) has "$name" || [[ -x /usr/sbin/$name ]] || compgen -G "/usr/lib/postgresql/*/bin/$name" >/dev/null && return ;;
        esac
    done
    return 1
}

install_packages() {
    local missing=$1 names=() how packages why
    say "missing on this machine:"
    while IFS='|' read -r _ how packages why; do note "${how#*:}: $why"; done <<<"$missing"
    if ! has apt-get; then by_hand "$missing"; fi
    say "updating the list of packages"
    as_root apt-get update -q >&2 || note "could not update the list; trying with the old one"
    while IFS='|' read -r _ _ packages _; do
        local word
        for word in $packages; do names+=("$(first_known "$word")"); done
    done <<<"$missing"
    say "installing ${names[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        "${names[@]}" >&2
}

# The first of a/b/c that this distribution has.
first_known() {
    local name
    for name in ${1//\// }; do
        if apt-cache show "$name" >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    echo "${1%%/*}"
}

by_hand() {
    local how packages why
    say "this is neither Debian nor Ubuntu: please install by hand (Debian's names in brackets)"
    while IFS='|' read -r _ how packages why; do
        note "${how#*:} [$packages]: $why"
    done <<<"$1"
    die "then run this again"
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif has sudo; then
        sudo "$@"
    else
        die "needs root for: $*"
    fi
}

setup_rust() {
    local least=1.95 cargo_home=${CARGO_HOME:-$HOME/.cargo}
    if ! has cargo && [[ -x $cargo_home/bin/cargo ]]; then PATH=$cargo_home/bin:$PATH; fi
    if ! has cargo; then
        say "installing Rust with rustup, into $cargo_home"
        curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
            sh -s -- -y --profile minimal --component clippy,rustfmt >&2
        PATH=$cargo_home/bin:$PATH
    fi
    local version
    version=$(rustc --version | cut -d' ' -f2)
    if [[ $(printf '%s\n' "$least" "$version" | sort -V | head -1) != "$least" ]]; then
        die "rustc $version is too old: at least $least is needed (rustup update stable)"
    fi
}

setup_npm() {
    local wanted=$NPM/package-lock.json have=$NPM/node_modules/.package-lock.json
    if [[ ! -e $have || $wanted -nt $have ]]; then
        say "installing the npm tools (binaryen, zxing-wasm) into tests/npm"
        npm ci --prefix "$NPM" --no-audit --no-fund >&2
        touch "$have"
    fi
}

setup_nextest() {
    if ! has cargo-nextest; then
        note "cargo-nextest is not installed: the tests run under cargo test, one program at a time"
    fi
}
