// The same work on Stockhand, Vendure and Medusa, one after another:
// `main.mjs [--only NAME,…] [--seconds N] [--races N]`. Prints a table and writes it to `peers.md`. A
// system that cannot be installed, started or believed is named with its reason, and the exit code
// is 1.

import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import * as medusa from "./medusa.mjs";
import * as stockhand from "./stockhand.mjs";
import * as vendure from "./vendure.mjs";
import { measure } from "./measure.mjs";
import { ITEMS, PRICE_MINOR, RACED, STORES, name, sku, store } from "./network.mjs";
import { endAll, killAll } from "./programs.mjs";
import { report } from "./report.mjs";

/** Of one system, from its installation to its last answer. */
const LIMIT_MS = 15 * 60_000;
const SYSTEMS = { stockhand, vendure, medusa };
const { PEERS_FOLDER: FOLDER, PEERS_SERVER: SERVER } = process.env;

const options = {
    only: { type: "string" },
    seconds: { type: "string", default: "4" },
    races: { type: "string", default: "1" },
};
const { values } = parseArgs({ options });
const names = values.only?.split(",") ?? Object.keys(SYSTEMS);
const unknown = names.filter((name) => !(name in SYSTEMS));
const window_ms = Number(values.seconds) * 1_000;
const races = Number(values.races);
const areIn = window_ms >= 500 && window_ms <= 60_000 && races >= 1 && races <= RACED.count;
if (unknown.length > 0 || !areIn) {
    console.error(`--only some of ${Object.keys(SYSTEMS)}, --seconds 0.5 to 60, --races 1 to 10`);
    process.exit(2);
}

process.on("exit", killAll);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

fs.mkdirSync(FOLDER, { recursive: true });
const network = path.join(FOLDER, "network.json");
fs.writeFileSync(network, JSON.stringify(whole()));
const results = [];
for (const name of names) {
    const result = await limited(name);
    if (result.why) console.error(`peers: ${result.title} is NOT measured: ${result.why}`);
    results.push(result);
}
const text = report(results, stockhand.title);
fs.writeFileSync(path.join(FOLDER, "..", "peers.md"), text);
console.log(text);
process.exit(results.every(({ why }) => why === undefined) ? 0 : 1);

function whole() {
    const stores = Array.from({ length: STORES }, (_, n) => store(n));
    const product = (_, n) => ({ sku: sku(n), name: name(n), price: PRICE_MINOR });
    return { stores, products: Array.from({ length: ITEMS }, product) };
}

async function limited(name) {
    let timer;
    const late = new Promise((_, reject) => {
        const why = new Error(`not done within ${LIMIT_MS / 60_000} minutes`);
        timer = setTimeout(() => reject(why), LIMIT_MS);
    });
    try {
        return await Promise.race([whole_run(name), late]);
    } catch (error) {
        return { title: SYSTEMS[name].title, why: error.message };
    } finally {
        clearTimeout(timer);
        await endAll();
    }
}

async function whole_run(name) {
    const { title, load, start } = SYSTEMS[name];
    const began = Date.now();
    const seconds = () => Math.round((Date.now() - began) / 1_000);
    const say = (text) => console.error(`    ${title}, ${seconds()} s: ${text}`);
    say("installing and loading");
    const known = await load({ folder: path.join(FOLDER, name), network, server: SERVER });
    say("starting");
    const system = await start(known);
    say("measuring");
    const measured = await measure(system, { window_ms, races }, say);
    await system.close();
    const { version, note } = system;
    return { title, version, note, measured, why: measured.unraced };
}
