# Simulated days: ./dev sim --seeds N [--seed FIRST].
# shellcheck shell=bash

sim() {
    local seeds=500 seed=0
    while (($#)); do
        case $1 in
            --seeds) seeds=${2:?"a number of days"} ;;
            --seed) seed=${2:?"the first seed"} ;;
            *) die "./dev sim --seeds N [--seed FIRST], not $1" ;;
        esac
        shift 2
    done
    setup headless >&2
    STOCKHAND_SIM_SEEDS=$seeds STOCKHAND_SIM_SEED=$seed \
        exec cargo test --quiet --profile sim -p tests --test simulation -- --exact seeds::every_day_goes_well
}
