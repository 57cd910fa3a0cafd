// No number before the answers are right: what a system says against what it was told.

import { setTimeout as pause } from "node:timers/promises";

import { COUNTED, ITEMS, ORDERED, RACED, STORES } from "./network.mjs";

/** How long an answer may be behind what was written. */
const BEHIND_MS = 5_000;
const SAMPLE = 12;

/** As loaded: items from end to end. */
export async function asLoaded(system, books) {
    const step = Math.floor(ITEMS / SAMPLE);
    const spread = Array.from({ length: SAMPLE }, (_, n) => RACED.count + n * step);
    for (const item of [RACED.first, ...spread, ITEMS - 1]) await check(system, books, item);
}

/** After what was written: some of the items that were. */
export async function asCounted(system, books) {
    for (let n = 0; n < COUNTED.count; n += 50) await check(system, books, COUNTED.first + n);
}

/** After the orders: some of the items that were bought. */
export async function asOrdered(system, books) {
    for (let n = 0; n < SAMPLE; n++) await check(system, books, ORDERED.first + n);
}

/** Units of one item: at every store, and in all. */
async function check(system, books, item) {
    const until = Date.now() + BEHIND_MS;
    for (;;) {
        const wrong = await slip(system, books, item);
        if (wrong === undefined) return;
        if (Date.now() > until) throw new Error(`a wrong answer: ${wrong}`);
        await pause(20);
    }
}

async function slip(system, books, item) {
    const [units, stores] = [await system.available(item), await system.everywhere(item)];
    const wanted = books.available(item);
    if (units !== wanted) return `item ${item} has ${units} units, not ${wanted}`;
    for (let index = 0; index < STORES; index++) {
        const [is, must] = [stores[index].stocked, books.stocked(item, index)];
        if (is !== must) return `item ${item} at store ${index} has ${is} units, not ${must}`;
    }
    const reserved = stores.reduce((sum, store) => sum + store.reserved, 0);
    const must = books.reserved(item);
    return reserved === must ? undefined : `item ${item} has ${reserved} reserved, not ${must}`;
}
