# Every check there is, in phases; each runs even when one before it failed, none in silence.
# shellcheck shell=bash

PHASES=()
FAILED=()

# phase NAME FUNCTION
phase() {
    local started=$SECONDS result=ok code
    say "$1"
    # In a shell of its own, with errexit on: `if ! function` would switch it off.
    set +e
    (
        set -e
        "$2"
    )
    code=$?
    set -e
    if [[ $code != 0 ]]; then result=FAILED; fi
    if [[ $result == FAILED ]]; then FAILED+=("$1"); fi
    PHASES+=("$(printf '%-34s %6s min  %s' "$1" "$(minutes $((SECONDS - started)))" "$result")")
    note "${PHASES[-1]}"
}

minutes() { awk "BEGIN { printf \"%.1f\", $1 / 60 }"; }

run_tests() {
    SECONDS=0
    phase "what the tests need" test_setup
    with_postgres
    phase "format" test_format
    phase "web programs, optimised" test_web
    phase "lints, native" test_lints
    phase "lints, wasm" test_lints_wasm
    phase "build" test_build
    phase "unit and storage" test_native
    phase "doc tests" test_doctests
    phase "documentation" test_docs
    summary
}

summary() {
    say "phases"
    printf '    %s\n' "${PHASES[@]}" >&2
    note "$(printf '%-34s %6s min' "all" "$(minutes "$SECONDS")")"
    [[ ${#FAILED[@]} == 0 ]] || die "${#FAILED[@]} failed: $(printf '%s; ' "${FAILED[@]}")"
}

test_setup() { setup all; }

test_format() {
    cargo fmt --all --check
    shellcheck --severity=style dev .dev/*.bash .ci/run
}

# The optimised build, because it is what is shipped: the window and the browser load it.
test_web() { web_build --release; }
test_lints() { cargo clippy --quiet --workspace --all-targets -- -D warnings; }
test_lints_wasm() { wasm_cargo clippy --quiet -p app-ui -p console -- -D warnings; }
test_build() { cargo build --workspace; }

test_native() {
    if has cargo-nextest; then
        cargo nextest run --workspace --no-fail-fast
    else
        note "without cargo-nextest: cargo test"
        cargo test --workspace --lib --bins
        local name
        for name in $(test_programs); do cargo test -p tests --test "$name"; done
        cargo test --workspace --exclude tests --tests
    fi
}

test_programs() {
    cargo metadata --no-deps --format-version 1 | node -e '
        const { packages } = JSON.parse(require("fs").readFileSync(0));
        const tests = packages.find((crate) => crate.name === "tests").targets;
        const names = tests.filter((one) => one.kind.includes("test")).map((one) => one.name);
        console.log(names.join("\n"));'
}

test_doctests() { cargo test --quiet --workspace --doc; }
test_docs() { RUSTDOCFLAGS='-D warnings -A rustdoc::private_intra_doc_links' cargo doc --quiet --workspace --no-deps; }
