// The work: each operation again and again, one at a time, for some seconds; and the race, at once.

import { setTimeout as pause } from "node:timers/promises";

import { spent_ms } from "./cpu.mjs";
import * as gate from "./gate.mjs";
import { BASKETS, Books, ORDERED, RACED, RACE_UNITS, READ, counts, nth } from "./network.mjs";
import { cluster_ms } from "./postgres.mjs";

/** An operation is not measured on fewer calls, nor after fewer, unless they take this long. */
const LEAST = 30;
const LONGEST_MS = 30_000;
/** Baskets that are filled at a time. */
const FILLED = 6;

/** How long a system may go on working after a race, and what is rest: little in half a second. */
const REST_MS = 120_000;
const LOOK_MS = 500;
const RESTING_MS = 50;

/** Everything of one system; throws at the first wrong answer. */
export async function measure(system, { window_ms, races }, say) {
    const books = new Books();
    await gate.asLoaded(system, books);
    const rows = { idle: await idle(system, window_ms) };
    for (const [name, act] of Object.entries(operations(system, books))) {
        rows[name] = await repeat(system, act, window_ms);
        say(`${name}: ${rows[name].calls} calls, ${rows[name].p50_ms.toFixed(2)} ms`);
    }
    await gate.asCounted(system, books);
    await gate.asOrdered(system, books);
    const measured = { rows, races: [] };
    for (let run = 0; run < races; run++) {
        say(`right so far; race ${run + 1}`);
        try {
            measured.races.push(await race(system, RACED.first + run));
        } catch (error) {
            measured.unraced = `its race ${run + 1}: ${error.message}`;
            break;
        }
    }
    return measured;
}

function operations(system, books) {
    const set = (many) => async (n) => {
        const changed = counts(n, many);
        await system.set(changed);
        books.set(changed);
    };
    return {
        "one SKU, all its units": (n) => system.available(nth(READ, n)),
        "one SKU at all 50 stores": (n) => system.everywhere(nth(READ, n)),
        "one level set": set(1),
        "50 levels set in a call": set(50),
        "an order of 2 lines, reserved": async (n) => {
            const items = [nth(ORDERED, 2 * n), nth(ORDERED, 2 * n + 1)];
            const taken = await system.checkout(await system.basket(items, `order-${n}`));
            if (!taken) throw new Error("an order was not taken, though there is enough");
            books.reserve(items);
        },
    };
}

/** What the system uses while nobody asks. */
async function idle(system, window_ms) {
    const before = spent(system);
    await pause(window_ms);
    return used(before, spent(system), window_ms / 1_000);
}

async function repeat(system, act, window_ms) {
    let n = 0;
    const lap = async () => {
        const began = performance.now();
        await act(n++);
        return performance.now() - began;
    };
    const warm = performance.now();
    for (let m = 0; m < LEAST && performance.now() - warm < LONGEST_MS; m++) await lap();
    const [walls, before, requests] = [[], spent(system), system.client.requests];
    const began = performance.now();
    const is_open = () => {
        const took = performance.now() - began;
        return took < window_ms || (walls.length < LEAST && took < LONGEST_MS);
    };
    while (is_open()) walls.push(await lap());
    const calls = walls.length;
    const cpu = used(before, spent(system), calls);
    walls.sort((a, b) => a - b);
    const at = (share) => walls[Math.min(calls - 1, Math.floor(calls * share))];
    const each = (system.client.requests - requests) / calls;
    return { ...cpu, calls, requests: each, p50_ms: at(0.5), p99_ms: at(0.99) };
}

const spent = (system) => ({ server: spent_ms(system.child.pid), postgres: cluster_ms() });
const used = (before, after, calls) => ({
    server_ms: (after.server - before.server) / calls,
    postgres_ms: (after.postgres - before.postgres) / calls,
});

/** Waits until nothing is done any more, also for those who got no answer in time. */
async function rest(system) {
    const until = Date.now() + REST_MS;
    for (let last = spent_ms(system.child.pid); Date.now() < until; ) {
        await pause(LOOK_MS);
        const now = spent_ms(system.child.pid);
        if (now - last < RESTING_MS) return;
        last = now;
    }
    throw new Error("it went on working, so its counters could not be read");
}

/** Baskets are filled, a few at a time; then all are paid at once. */
async function race(system, item) {
    const baskets = [];
    while (baskets.length < BASKETS) {
        const tags = Array.from({ length: FILLED }, (_, n) => `race-${item}-${baskets.length + n}`);
        baskets.push(...(await Promise.all(tags.map((tag) => system.basket([item], tag)))));
    }
    const [before, began] = [spent(system), performance.now()];
    const results = await Promise.allSettled(baskets.map((basket) => system.checkout(basket)));
    const wall_ms = performance.now() - began;
    await rest(system);
    const cpu = used(before, spent(system), 1);
    const count = (is) => results.filter(is).length;
    const accepted = count(({ value }) => value === true);
    const failed = count(({ status }) => status === "rejected");
    const stores = await system.everywhere(item);
    const sum = (word) => stores.reduce((units, store) => units + store[word], 0);
    const [stocked, reserved] = [sum("stocked"), sum("reserved")];
    return { ...cpu, wall_ms, units: RACE_UNITS, accepted, failed, stocked, reserved };
}
