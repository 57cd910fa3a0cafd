// The table, for the terminal and for a file.

import os from "node:os";

import { BASKETS, ITEMS, RACE_UNITS, STORES } from "./network.mjs";

const CALLS = ["operation", "system", "calls", "requests each", "p50 ms", "p99 ms"];
const CPU = ["CPU ms, server", "CPU ms, PostgreSQL", "CPU ms, both"];
const HEADS = [...CALLS, ...CPU, "p50, ours = 1", "CPU, ours = 1"];
const RACE = ["race", "system", "accepted", "refused", "failed", "stocked", "reserved"];
const RACE_HEADS = [...RACE, "all, ms", "CPU ms, both"];

/** Everything, as Markdown. `results` have `title`, and `measured` or `why` there is none. */
export function report(results, ours) {
    const good = results.filter(({ measured }) => measured !== undefined);
    const failures = results.filter(({ why }) => why !== undefined).map(failure);
    const parts = good.length > 0 ? numbers(good, ours) : [];
    return `${["# Beside peers", ...parts, ...failures].join("\n\n")}\n`;
}

function numbers(good, ours) {
    return [
        about(good),
        table(HEADS, operations(good, ours)),
        `Processor time while nobody asks, in ms a second: ${idle(good)}.`,
        table(RACE_HEADS, races(good)),
        `${BASKETS} baskets of one unit each, paid for at once; ${RACE_UNITS} units at one store.`
            + " Stocked and reserved are the system's own counters afterwards;"
            + " failed are answers that say neither yes nor no.",
    ];
}

function about(good) {
    const systems = good.map(({ title, version, note }) => `- ${title} ${version}: ${note}`);
    const network = `${ITEMS.toLocaleString("en")} products at ${STORES} stores on one PostgreSQL`;
    const [cores, load] = [os.cpus(), os.loadavg()[0].toFixed(1)];
    const where = `${cores.length} cores (${cores[0].model}), load ${load} at the end`;
    const how = "one caller over HTTP with connections that stay open, one system at a time";
    return [`${network}; ${where}; ${how}.`, "", ...systems].join("\n");
}

function operations(good, ours) {
    const names = Object.keys(good[0].measured.rows).filter((name) => name !== "idle");
    return names.flatMap((name) => {
        const base = good.find(({ title }) => title === ours)?.measured.rows[name];
        return good.map(({ title, measured }) => operation(name, title, measured.rows[name], base));
    });
}

const both = (of) => of.server_ms + of.postgres_ms;

function operation(name, title, row, base) {
    const against = (is, of) => (of > 0 ? digits(is / of) : "");
    const numbers = [row.p50_ms, row.p99_ms, row.server_ms, row.postgres_ms, both(row)];
    const ratios = base
        ? [against(row.p50_ms, base.p50_ms), against(both(row), both(base))]
        : ["", ""];
    return [name, title, row.calls, digits(row.requests), ...numbers.map(digits), ...ratios];
}

function races(good) {
    return good.flatMap(({ title, measured }) =>
        measured.races.map((race, n) => {
            const refused = BASKETS - race.accepted - race.failed;
            const { accepted, failed, stocked, reserved } = race;
            const took = [race.wall_ms, both(race)].map(digits);
            return [n + 1, title, accepted, refused, failed, stocked, reserved, ...took];
        }),
    );
}

function idle(good) {
    const each = ({ title, measured }) => {
        const { server_ms, postgres_ms } = measured.rows.idle;
        return `${title} ${digits(server_ms)} and ${digits(postgres_ms)} in PostgreSQL`;
    };
    return good.map(each).join(", ");
}

const failure = ({ title, why }) => `**${title} was not measured:**\n\n\`\`\`text\n${why}\n\`\`\``;

/** Three digits that mean something. */
function digits(number) {
    if (number === 0) return "0";
    return Number(number.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 6 });
}

function table(heads, rows) {
    const cells = [heads, ...rows].map((row) => row.map(String));
    const widths = heads.map((_, n) => Math.max(...cells.map((row) => row[n].length)));
    const line = (row) => `| ${row.map((cell, n) => cell.padEnd(widths[n])).join(" | ")} |`;
    const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
    const [head, ...body] = cells.map(line);
    return [head, rule, ...body].join("\n");
}
