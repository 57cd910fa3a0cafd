// What every system is loaded with: 3,000 products, each at 50 stores, and which is for what.
// Units follow from a rule, so that every answer can be checked.

export const ITEMS = 3_000;
export const STORES = 50;
export const PRICE_MINOR = 1_999;

/** Baskets of a race, and the units that they race for. */
export const BASKETS = 60;
export const RACE_UNITS = 20;

/** Items by their use: the first, and how many. No operation changes what another is checked by. */
export const RACED = { first: 0, count: 10 };
export const COUNTED = { first: 100, count: 500 };
export const READ = { first: 600, count: 400 };
export const ORDERED = { first: 1_000, count: 2_000 };

export const sku = (item) => `P${String(item).padStart(5, "0")}`;
export const name = (item) => `Product ${item}`;
export const store = (index) => `S${String(index + 1).padStart(3, "0")}`;

/** Units of an item at a store as loaded; what is raced for lies at one store alone. */
export function loaded(item, index) {
    if (item < RACED.count) return index === item ? RACE_UNITS : 0;
    return 20 + ((item * 7 + index * 13) % 80);
}

/** The nth item of a use, over and over. */
export const nth = ({ first, count }, n) => first + (n % count);

/** Rows as `sku,store,units`, as a file of PostgreSQL's COPY and as one of an ERP. */
export function levels() {
    const rows = [];
    for (let item = 0; item < ITEMS; item++) {
        for (let index = 0; index < STORES; index++) {
            rows.push(`${sku(item)},${store(index)},${loaded(item, index)}`);
        }
    }
    return `${rows.join("\n")}\n`;
}

/** What a system says of each store, from rows of its id and units. No row: nothing. */
export function byStore(rows, id) {
    const known = new Map(rows);
    const nothing = { stocked: 0, reserved: 0 };
    return Array.from({ length: STORES }, (_, index) => known.get(id(index)) ?? nothing);
}

/** The nth change of `many` levels at one store; never twice in a row the same units at a place. */
export function counts(n, many) {
    const rows = [];
    for (let k = 0; k < many; k++) {
        const item = nth(COUNTED, n * many + k);
        rows.push({ item, index: n % STORES, units: 100 + ((n * 31 + k) % 997) });
    }
    return rows;
}

/** What the stores should have by now. */
export class Books {
    #stocked = new Map();
    #reserved = new Map();

    set(rows) {
        for (const { item, index, units } of rows) this.#stocked.set(`${item}/${index}`, units);
    }

    reserve(items) {
        for (const item of items) this.#reserved.set(item, this.reserved(item) + 1);
    }

    stocked(item, index) {
        return this.#stocked.get(`${item}/${index}`) ?? loaded(item, index);
    }

    reserved(item) {
        return this.#reserved.get(item) ?? 0;
    }

    available(item) {
        let units = -this.reserved(item);
        for (let index = 0; index < STORES; index++) units += this.stocked(item, index);
        return units;
    }
}
