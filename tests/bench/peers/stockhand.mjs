// Ourselves, over the API of shops, channels, operators and sources.

import fs from "node:fs";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";

import { Client } from "./http.mjs";
import { ITEMS, PRICE_MINOR, STORES, byStore, levels, name, sku, store } from "./network.mjs";
import { create, place, settle } from "./postgres.mjs";
import { end, freePort, serve } from "./programs.mjs";

const DATABASE = "stockhand";
const HEADER = "sku,location,quantity\n";
const LOGIN = "operator";

export const title = "Stockhand";

/** Starts it empty and fills it through its own API, as `start` finds it running. */
export async function load({ folder, server }) {
    if (!fs.existsSync(server)) throw new Error(`${server} is not built`);
    fs.mkdirSync(folder, { recursive: true });
    await create(DATABASE, folder);
    const port = await freePort();
    const [password, token] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
    const env = {
        STOCKHAND_OPERATOR_LOGIN: LOGIN,
        STOCKHAND_OPERATOR_PASSWORD: password,
        STOCKHAND_CHANNEL_TOKEN: token,
    };
    const options = { cwd: folder, env, log: path.join(folder, "stockhand.log") };
    const known = { server, port, password, token, folder, options };
    const stockhand = await open(known);
    await stockhand.fill();
    await stockhand.close();
    await settle(DATABASE, folder);
    return known;
}

export const start = open;

async function open({ server, port, password, token, folder, options }) {
    const client = new Client(port);
    // Its index of what can be promised is read last.
    const asked = { headers: bearer(token) };
    const ready = async () => (await client.call("GET", units(0), asked)).status < 500;
    const data = path.join(folder, "data");
    const places = ["--db", place(DATABASE).url, "--data", data, "--listen", `127.0.0.1:${port}`];
    const child = await serve([server, "serve", ...places], { ...options, limit_s: 60, ready });
    const words = execFileSync(server, ["--version"]).toString().trim().split(" ");
    const stockhand = new Stockhand(client, child, words.at(-1), token);
    await stockhand.begin(password);
    return stockhand;
}

const units = (item) => `/api/v1/atp?skus=${sku(item)}&method=ship&market=US`;
const bearer = (token) => ({ authorization: `Bearer ${token}` });

class Stockhand {
    title = title;
    note = "`sync-server serve`; the API of shops, channels, operators and sources";
    #shop;
    #operator;
    #source;

    constructor(client, child, version, token) {
        Object.assign(this, { client, child, version });
        this.#shop = bearer(token);
    }

    async begin(password) {
        const body = { login: LOGIN, password };
        const { json } = await this.client.ask("POST", "/api/v1/session", { body });
        this.#operator = bearer(json.token);
        const source = { name: "ERP", kind: "erp", profile: PROFILE };
        await this.#manage("PUT", "/api/v1/sources/erp", source);
        const { token } = await this.#manage("POST", "/api/v1/sources/erp/token", "");
        this.#source = bearer(token);
    }

    async fill() {
        await this.#import("locations", Array.from({ length: STORES }, (_, n) => location(n)));
        await this.#import("items", Array.from({ length: ITEMS }, (_, n) => product(n)));
        const austin = { country: "US", postcode: "78701", lat: 30.27, lon: -97.74 };
        await this.#import("postcodes", [austin]);
        const body = HEADER + levels();
        const options = { body, headers: this.#source, type: "text/csv" };
        const { json } = await this.client.ask("PUT", "/api/v1/sources/erp/batches/all", options);
        if (json.refused !== 0) throw new Error(`refused: ${JSON.stringify(json)}`);
    }

    async available(item) {
        const { json } = await this.client.ask("GET", units(item), { headers: this.#shop });
        return json.items[0].units;
    }

    /** Units at every store: stocked, and of them reserved. */
    async everywhere(item) {
        const path = `/api/v1/items/${sku(item)}/stock?limit=${STORES}`;
        const { locations } = await this.#manage("GET", path);
        const rows = locations.map(({ location, stock }) => [
            location,
            { stocked: stock.on_hand, reserved: stock.reserved },
        ]);
        return byStore(rows, store);
    }

    async set(rows) {
        const line = ({ item, index, units }) => `${sku(item)},${store(index)},${units}\n`;
        const body = HEADER + rows.map(line).join("");
        const options = { body, headers: this.#source, type: "text/csv" };
        const { json } = await this.client.ask("POST", "/api/v1/sources/erp/events", options);
        const taken = json.accepted + json.unchanged;
        if (taken !== rows.length) throw new Error(`counts: ${JSON.stringify(json)}`);
    }

    /** A basket is the shop's own until it asks for a promise. */
    async basket(items, tag) {
        return { items, tag };
    }

    /** Whether the goods were promised; then the order is placed. */
    async checkout({ items, tag }) {
        const lines = items.map((item) => ({ sku: sku(item), quantity: 1 }));
        const to = { kind: "ship", country: "US", postcode: "78701" };
        const basket = { body: { basket: tag, to, lines }, headers: this.#shop };
        const { status, text, json } = await this.client.call("POST", "/api/v1/promises", basket);
        if (status === 409 && json.code === "not_enough") return false;
        if (status !== 201) throw new Error(`promise: ${status} ${text}`);
        const order = orderOf(items, tag, json.token);
        await this.client.ask("POST", "/api/v1/orders", { body: order, headers: this.#shop });
        return true;
    }

    async close() {
        this.client.close();
        await end(this.child);
    }

    async #manage(method, path, body) {
        return (await this.client.ask(method, path, { body, headers: this.#operator })).json;
    }

    async #import(kind, rows) {
        const body = rows.map((row) => JSON.stringify(row)).join("\n");
        const answer = await this.#manage("POST", `/api/v1/imports/${kind}`, body);
        if (answer.refused_total !== 0) throw new Error(`${kind}: ${JSON.stringify(answer)}`);
    }
}

const PROFILE = {
    version: 1,
    name: "erp",
    format: { csv: {} },
    content: "counts",
    fields: {
        sku: { column: "sku" },
        location: { column: "location" },
        quantity: { column: "quantity" },
    },
    absent: "kept",
};

/** Stores on a grid; always open. */
const location = (n) => ({
    id: store(n),
    name: `Store ${n + 1}`,
    kind: "store",
    country: "US",
    lat: 30 + (n % 10),
    lon: -100 + Math.floor(n / 10),
    time_zone: "UTC",
    hours: Array(7).fill(["00:00", "24:00"]),
    pickup: true,
    ships: true,
});

const product = (n) => ({ sku: sku(n), name: name(n), price_minor: PRICE_MINOR, currency: "USD" });

function orderOf(items, tag, promise) {
    const address = {
        name: "Ada Canary",
        street: "12 Main Street",
        city: "Austin",
        region: "TX",
        postcode: "78701",
        country: "US",
    };
    const one = { quantity: 1, price_minor: PRICE_MINOR };
    const line = (item, n) => ({ line: n + 1, sku: sku(item), ...one });
    return {
        channel: "web",
        external_number: tag,
        placed_at: new Date().toISOString(),
        currency: "USD",
        method: { kind: "ship", address },
        customer: { name: "Ada Canary", email: `${tag}@example.com` },
        lines: items.map(line),
        promise,
    };
}
