// Other programs: run to their end or until they answer, each with a time limit; all are ended.

import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const RUNNING = new Set();

const OURS = /^(path|home|lang|tmpdir)$/i;
/** What npm needs to find its registry; nothing else is let out of this machine. */
const NETWORK = /^(npm_config_.*|https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_.*)$/i;

function environment(more, network) {
    const passed = Object.entries(process.env).filter(
        ([name]) => OURS.test(name) || (network && NETWORK.test(name)),
    );
    return { ...Object.fromEntries(passed), ...more };
}

/** Starts a program in a process group of its own, writing into `log`. */
function start([program, ...words], { cwd, env, log, input, network }) {
    const file = fs.openSync(log, "a");
    const stdin = input === undefined ? "ignore" : "pipe";
    const stdio = [stdin, file, file];
    const options = { cwd, env: environment(env, network), stdio, detached: true };
    const child = spawn(program, words, options);
    fs.closeSync(file);
    RUNNING.add(child);
    child.ended = new Promise((resolve) => {
        child.on("error", (error) => resolve(String(error)));
        child.on("exit", (code, signal) => resolve(signal ?? code));
    }).finally(() => RUNNING.delete(child));
    if (input !== undefined) {
        child.stdin.on("error", () => {});
        child.stdin.end(input);
    }
    return child;
}

/** Runs a program to its end; a failure is thrown with the last lines of its log. */
export async function run(command, { limit_s, ...options }) {
    const child = start(command, options);
    const timer = setTimeout(() => signal(child, "SIGKILL"), limit_s * 1_000);
    const code = await child.ended;
    clearTimeout(timer);
    if (code !== 0) {
        throw broken(command, `ended with ${code}`, options.log);
    }
}

/** Starts a server and waits until `ready` is true. */
export async function serve(command, { limit_s, ready, ...options }) {
    const child = start(command, options);
    let code;
    child.ended.then((result) => (code = result));
    const until = Date.now() + limit_s * 1_000;
    while (!(await ready().catch(() => false))) {
        const late = Date.now() > until ? `no answer within ${limit_s} s` : undefined;
        const why = code === undefined ? late : `ended with ${code}`;
        if (why !== undefined) {
            await end(child);
            throw broken(command, why, options.log);
        }
        await pause(100);
    }
    return child;
}

/** Ends a program: politely, then not. */
export async function end(child) {
    signal(child, "SIGTERM");
    const gone = await Promise.race([child.ended.then(() => true), pause(5_000, false)]);
    if (!gone) signal(child, "SIGKILL");
    await child.ended;
}

/** Whatever still runs. */
export const endAll = () => Promise.all([...RUNNING].map(end));
/** The same, when there is no time left. */
export const killAll = () => RUNNING.forEach((child) => signal(child, "SIGKILL"));

function signal(child, name) {
    try {
        process.kill(-child.pid, name);
    } catch {
        // It has ended, or never started.
    }
}

/** What went wrong, with the program's last words. */
function broken([program, word], why, log) {
    return new Error(`${program} ${word}: ${why} (${log}):\n${tail(log)}`);
}

function tail(log) {
    const lines = fs.readFileSync(log, "utf8").trim().split("\n");
    return lines.slice(-8).map((line) => line.slice(0, 400)).join("\n");
}

export function freePort() {
    return new Promise((resolve) => {
        const server = net.createServer();
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}
