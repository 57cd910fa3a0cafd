// Vendure, over its shop's and its administrators' GraphQL.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { randomBytes } from "node:crypto";

import { Client } from "./http.mjs";
import { install } from "./install.mjs";
import { ITEMS, byStore, levels, sku, store } from "./network.mjs";
import { create, place, settle, sql } from "./postgres.mjs";
import { end, freePort, run, serve } from "./programs.mjs";

const HERE = fileURLToPath(new URL("vendure", import.meta.url));
const DATABASE = "vendure";
const SESSION = "vendure-auth-token";

const LEVELS = `
    create temporary table loaded (sku text, store text, units int);
    copy loaded from stdin (format csv);
    delete from stock_level;
    insert into stock_level ("stockOnHand", "stockAllocated", "productVariantId", "stockLocationId")
        select units, 0, variant.id, place.id from loaded
        join product_variant variant using (sku) join stock_location place on place.name = store`;

export const title = "Vendure";

/** Installs it and fills its database; what `start` needs. */
export async function load({ folder, network }) {
    const version = await install(HERE, folder, "@vendure/core");
    const [secret, port] = [randomBytes(16).toString("hex"), await freePort()];
    const env = {
        NODE_ENV: "production",
        VENDURE_DISABLE_TELEMETRY: "true",
        PEER_PLACE: JSON.stringify(place(DATABASE)),
        PEER_PORT: String(port),
        PEER_SECRET: secret,
        PEER_NETWORK: network,
    };
    const options = { cwd: folder, env, log: path.join(folder, "vendure.log") };
    await create(DATABASE, folder);
    await run(["node", "server.cjs", "load"], { ...options, limit_s: 240 });
    await sql(DATABASE, LEVELS.split(";"), { folder, input: levels() });
    await settle(DATABASE, folder);
    return { version, secret, port, options };
}

export async function start({ version, secret, port, options }) {
    const client = new Client(port);
    const ready = () => client.call("GET", "/health").then(({ status }) => status === 200);
    const child = await serve(["node", "server.cjs"], { ...options, limit_s: 120, ready });
    const vendure = new Vendure(client, child, version);
    await vendure.begin(secret);
    return vendure;
}

const SIGN_IN = `mutation ($password: String!) {
    login(username: "operator", password: $password) { __typename }
}`;
const VARIANTS = `query ($skip: Int!) {
    productVariants(options: { skip: $skip, take: 1000, sort: { id: ASC } }) {
        items { id sku product { id } }
    }
}`;
const PLACES = `{ stockLocations(options: { take: 100 }) { items { id name } } }`;
const AVAILABLE = `query ($id: ID!) { product(id: $id) { variants { sku stockLevel } } }`;
const EVERYWHERE = `query ($id: ID!) {
    productVariant(id: $id) { stockLevels { stockLocationId stockOnHand stockAllocated } }
}`;
const SET = `mutation ($input: [UpdateProductVariantInput!]!) {
    updateProductVariants(input: $input) { id }
}`;
const FILL = `mutation ($inputs: [AddItemInput!]!) {
    addItemsToOrder(inputs: $inputs) {
        order { code }
        errorResults { ... on ErrorResult { message } }
    }
}`;
const ADDRESS = `mutation ($customer: CreateCustomerInput!, $address: CreateAddressInput!) {
    setCustomerForOrder(input: $customer) { ... on ErrorResult { message } }
    setOrderShippingAddress(input: $address) { ... on ErrorResult { message } }
    setOrderShippingMethod(shippingMethodId: [1]) { ... on ErrorResult { message } }
}`;
const ARRANGE = `mutation {
    transitionOrderToState(state: "ArrangingPayment") {
        ... on Order { state }
        ... on OrderStateTransitionError { transitionError }
    }
}`;
const PAY = `mutation {
    addPaymentToOrder(input: { method: "dummy", metadata: {} }) {
        ... on Order { state }
        ... on ErrorResult { message }
    }
}`;

class Vendure {
    title = title;
    note = "as a library, no plugins; its shop's and its administrators' GraphQL";
    #operator;
    #variants = new Map();
    #places = new Map();

    constructor(client, child, version) {
        Object.assign(this, { client, child, version });
    }

    async begin(password) {
        const signed = await this.#send("admin-api", SIGN_IN, { password });
        const became = signed.data.login.__typename;
        if (became !== "CurrentUser") throw new Error(`signing in: ${became}`);
        this.#operator = signed.session;
        const { stockLocations } = await this.#manage(PLACES);
        for (const { id, name } of stockLocations.items) this.#places.set(name, id);
        for (let skip = 0; skip < ITEMS; skip += 1_000) {
            const { productVariants } = await this.#manage(VARIANTS, { skip });
            for (const variant of productVariants.items) this.#variants.set(variant.sku, variant);
        }
    }

    async available(item) {
        const { id } = this.#variants.get(sku(item)).product;
        const { data } = await this.#send("shop-api", AVAILABLE, { id });
        return Number(data.product.variants[0].stockLevel);
    }

    /** Units at every store: stocked, and of them reserved. */
    async everywhere(item) {
        const { productVariant } = await this.#manage(EVERYWHERE, { id: this.#id(item) });
        const rows = productVariant.stockLevels.map((level) => [
            level.stockLocationId,
            { stocked: level.stockOnHand, reserved: level.stockAllocated },
        ]);
        return byStore(rows, (n) => this.#places.get(store(n)));
    }

    async set(rows) {
        const input = rows.map(({ item, index, units }) => ({
            id: this.#id(item),
            stockLevels: [{ stockLocationId: this.#places.get(store(index)), stockOnHand: units }],
        }));
        await this.#manage(SET, { input });
    }

    /** A basket with one unit of each, and everything that a customer says before paying. */
    async basket(items, tag) {
        const inputs = items.map((item) => ({ productVariantId: this.#id(item), quantity: 1 }));
        const filled = await this.#send("shop-api", FILL, { inputs });
        const { errorResults } = filled.data.addItemsToOrder;
        if (errorResults.length > 0) throw new Error(errorResults[0].message);
        const { session } = filled;
        const emailAddress = `${tag}@example.com`;
        const customer = { firstName: "Ada", lastName: "Canary", emailAddress };
        const address = {
            fullName: "Ada Canary",
            streetLine1: "12 Main Street",
            city: "Austin",
            postalCode: "78701",
            countryCode: "US",
        };
        const said = await this.#send("shop-api", ADDRESS, { customer, address }, session);
        const refused = Object.values(said.data).find((part) => part?.message);
        if (refused !== undefined) throw new Error(refused.message);
        return session;
    }

    /** Whether the order was placed. */
    async checkout(session) {
        const arranged = await this.#send("shop-api", ARRANGE, {}, session);
        if (arranged.data.transitionOrderToState?.state !== "ArrangingPayment") return false;
        const paid = await this.#send("shop-api", PAY, {}, session);
        return paid.data.addPaymentToOrder.state === "PaymentSettled";
    }

    async close() {
        this.client.close();
        await end(this.child);
    }

    #id = (item) => this.#variants.get(sku(item)).id;

    async #manage(query, variables) {
        const { data } = await this.#send("admin-api", query, variables, this.#operator);
        return data;
    }

    async #send(api, query, variables, session) {
        const headers = session === undefined ? {} : { authorization: `Bearer ${session}` };
        const body = { query, variables };
        const answer = await this.client.ask("POST", `/${api}`, { body, headers });
        const { data, errors } = answer.json;
        if (errors !== undefined) throw new Error(`${api}: ${errors[0].message}`);
        return { data, session: answer.headers[SESSION] ?? session };
    }
}
