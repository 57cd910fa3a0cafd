// The one cluster that all systems share, each with a database of its own.

import fs from "node:fs";
import path from "node:path";

import { spent_ms } from "./cpu.mjs";
import { run } from "./programs.mjs";

const { PEERS_PG_DIR: DIR, PEERS_PG_PORT: PORT, PEERS_PG_PASSWORD: PASSWORD } = process.env;
const USER = "stockhand";
const LIMIT_S = 120;

export const place = (database) => ({
    host: "127.0.0.1",
    port: Number(PORT),
    user: USER,
    password: PASSWORD,
    database,
    url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${PORT}/${database}`,
});

/** Runs statements; `input` is what a `copy … from stdin` reads. */
export function sql(database, statements, { folder, input } = {}) {
    const where = ["-h", DIR, "-p", PORT, "-U", USER];
    const command = ["psql", ...where, "-X", "-q", "-v", "ON_ERROR_STOP=1"];
    for (const statement of statements) command.push("-c", statement);
    const log = path.join(folder, "psql.log");
    return run([...command, database], { cwd: folder, log, input, limit_s: LIMIT_S });
}

export async function create(database, folder) {
    await sql("postgres", [`create database ${database}`], { folder });
}

/** What the load left to do is done before anything is measured. */
export async function settle(database, folder) {
    await sql(database, ["vacuum analyze", "checkpoint"], { folder });
}

/** Processor time of the whole cluster: one system runs at a time. */
export function cluster_ms() {
    const [pid] = fs.readFileSync(path.join(DIR, "data", "postmaster.pid"), "utf8").split("\n");
    return spent_ms(Number(pid));
}
