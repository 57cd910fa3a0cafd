// Medusa, over its store's and its administrators' API.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { randomBytes } from "node:crypto";

import { Client } from "./http.mjs";
import { install } from "./install.mjs";
import { ITEMS, STORES, byStore, levels, sku, store } from "./network.mjs";
import { create, place, settle, sql } from "./postgres.mjs";
import { end, freePort, run, serve } from "./programs.mjs";

const HERE = fileURLToPath(new URL("medusa", import.meta.url));
const DATABASE = "medusa";
const MEDUSA = ["node", "node_modules/@medusajs/cli/cli.js"];

const LEVELS = `
    create temporary table loaded (sku text, store text, units int);
    copy loaded from stdin (format csv);
    insert into inventory_level (id, inventory_item_id, location_id, stocked_quantity,
            raw_stocked_quantity, raw_reserved_quantity, raw_incoming_quantity)
        select 'ilev_' || item.id || place.id, item.id, place.id, units,
            jsonb_build_object('value', units::text, 'precision', 20),
            '{"value": "0", "precision": 20}', '{"value": "0", "precision": 20}'
        from loaded join inventory_item item using (sku)
        join stock_location place on place.name = store`;

export const title = "Medusa";

/** Installs it and fills its database; what `start` needs. */
export async function load({ folder, network }) {
    const version = await install(HERE, folder, "@medusajs/medusa");
    const [port, known] = [await freePort(), path.join(folder, "known.json")];
    const env = {
        NODE_ENV: "production",
        MEDUSA_DISABLE_TELEMETRY: "true",
        LOG_LEVEL: "warn",
        DATABASE_URL: place(DATABASE).url,
        PEER_SECRET: randomBytes(16).toString("hex"),
        PEER_NETWORK: network,
        PEER_KNOWN: known,
    };
    const options = { cwd: folder, env, log: path.join(folder, "medusa.log") };
    await create(DATABASE, folder);
    await run([...MEDUSA, "db:migrate", "--skip-scripts"], { ...options, limit_s: 180 });
    await run([...MEDUSA, "exec", "./load.js"], { ...options, limit_s: 240 });
    await sql(DATABASE, LEVELS.split(";"), { folder, input: levels() });
    await settle(DATABASE, folder);
    return { version, port, options, ...JSON.parse(fs.readFileSync(known, "utf8")) };
}

export async function start({ version, port, options, ...known }) {
    const client = new Client(port);
    const ready = () => client.call("GET", "/health").then(({ status }) => status === 200);
    const command = [...MEDUSA, "start", "--host", "127.0.0.1", "--port", String(port)];
    const child = await serve(command, { ...options, limit_s: 120, ready });
    const medusa = new Medusa(client, child, version, known);
    await medusa.begin();
    return medusa;
}

class Medusa {
    title = title;
    note = "`medusa start`, modules in memory, no Redis; its store's and its administrators' API";
    #variants = new Map();
    #places = new Map();
    #shop;
    #operator;

    constructor(client, child, version, known) {
        Object.assign(this, { client, child, version, known });
        this.#shop = { "x-publishable-api-key": known.shop };
        const basic = Buffer.from(`${known.operator}:`).toString("base64");
        this.#operator = { authorization: `Basic ${basic}` };
    }

    async begin() {
        const { stock_locations } = await this.#manage("GET", "/admin/stock-locations?limit=100");
        for (const { id, name } of stock_locations) this.#places.set(name, id);
        const fields = "fields=id,sku,inventory_items.inventory_item_id";
        for (let offset = 0; offset < ITEMS; offset += 1_000) {
            const page = `/admin/product-variants?${fields}&limit=1000&offset=${offset}&order=sku`;
            const { variants } = await this.#manage("GET", page);
            for (const { id, sku, inventory_items } of variants) {
                this.#variants.set(sku, { id, stock: inventory_items[0].inventory_item_id });
            }
        }
    }

    async available(item) {
        const fields = "fields=id,manage_inventory,inventory_quantity";
        const path = `/store/product-variants/${this.#of(item).id}?${fields}`;
        const { variant } = await this.#sell("GET", path);
        return variant.inventory_quantity;
    }

    /** Units at every store: stocked, and of them reserved. */
    async everywhere(item) {
        const levels = `/admin/inventory-items/${this.#of(item).stock}/location-levels`;
        const { inventory_levels } = await this.#manage("GET", `${levels}?limit=${STORES}`);
        const rows = inventory_levels.map((level) => [
            level.location_id,
            { stocked: level.stocked_quantity, reserved: level.reserved_quantity },
        ]);
        return byStore(rows, (n) => this.#places.get(store(n)));
    }

    async set(rows) {
        const update = rows.map(({ item, index, units }) => ({
            inventory_item_id: this.#of(item).stock,
            location_id: this.#places.get(store(index)),
            stocked_quantity: units,
        }));
        if (update.length > 1) {
            const path = "/admin/inventory-items/location-levels/batch";
            await this.#manage("POST", path, { update });
            return;
        }
        const [{ inventory_item_id, location_id, stocked_quantity }] = update;
        const path = `/admin/inventory-items/${inventory_item_id}/location-levels/${location_id}`;
        await this.#manage("POST", path, { stocked_quantity });
    }

    /** A basket with one unit of each, and everything that a customer says before paying. */
    async basket(items, tag) {
        const address = {
            first_name: "Ada",
            last_name: "Canary",
            address_1: "12 Main Street",
            city: "Austin",
            province: "TX",
            postal_code: "78701",
            country_code: "us",
        };
        const { cart } = await this.#sell("POST", "/store/carts", {
            region_id: this.known.region,
            email: `${tag}@example.com`,
            items: items.map((item) => ({ variant_id: this.#of(item).id, quantity: 1 })),
            shipping_address: address,
            billing_address: address,
        });
        const option_id = this.known.option;
        await this.#sell("POST", `/store/carts/${cart.id}/shipping-methods`, { option_id });
        return cart.id;
    }

    /** Whether the order was placed. */
    async checkout(cart_id) {
        const collections = "/store/payment-collections";
        const { payment_collection } = await this.#sell("POST", collections, { cart_id });
        const sessions = `${collections}/${payment_collection.id}/payment-sessions`;
        await this.#sell("POST", sessions, { provider_id: "pp_system_default" });
        const options = { headers: this.#shop, body: {} };
        const path = `/store/carts/${cart_id}/complete`;
        const { status, text, json } = await this.client.call("POST", path, options);
        if (status >= 500) throw new Error(`${path}: ${status} ${text.slice(0, 400)}`);
        return json?.type === "order";
    }

    async close() {
        this.client.close();
        await end(this.child);
    }

    #of = (item) => this.#variants.get(sku(item));

    async #manage(method, path, body) {
        return (await this.client.ask(method, path, { body, headers: this.#operator })).json;
    }

    async #sell(method, path, body) {
        return (await this.client.ask(method, path, { body, headers: this.#shop })).json;
    }
}
