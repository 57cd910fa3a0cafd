// Processor time of a process and everything under it, from /proc: threads, children, and children
// that have ended and were waited for.

import fs from "node:fs";
import { execFileSync } from "node:child_process";

const TICKS_A_SECOND = Number(execFileSync("getconf", ["CLK_TCK"]).toString());

/** Milliseconds so far. */
export function spent_ms(root) {
    const all = new Map();
    for (const entry of fs.readdirSync("/proc")) {
        if (/^\d+$/.test(entry)) read(all, Number(entry));
    }
    let ticks = 0;
    const open = [root];
    while (open.length > 0) {
        const pid = open.pop();
        ticks += all.get(pid)?.ticks ?? 0;
        for (const [child, { parent }] of all) if (parent === pid) open.push(child);
    }
    return (ticks * 1_000) / TICKS_A_SECOND;
}

/** proc(5): after the name in parentheses come the state, the parent, and at 14 to 17 the times. */
function read(all, pid) {
    try {
        const line = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
        const words = line.slice(line.lastIndexOf(")") + 2).split(" ");
        const times = words.slice(11, 15).map(Number);
        all.set(pid, { parent: Number(words[1]), ticks: times.reduce((a, b) => a + b) });
    } catch {
        // It has ended since the folder was read.
    }
}
