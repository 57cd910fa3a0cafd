// Packages from npm, as a lockfile pins them, into a folder of the target.

import fs from "node:fs";
import path from "node:path";

import { run } from "./programs.mjs";

/** Downloading hundreds of packages. */
const LIMIT_S = 420;
const INSTALL = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** Copies `from` into `folder`, installs where the lockfile is new; the version of `name`. */
export async function install(from, folder, name) {
    fs.mkdirSync(folder, { recursive: true });
    for (const file of fs.readdirSync(from)) {
        fs.copyFileSync(path.join(from, file), path.join(folder, file));
    }
    const wanted = path.join(folder, "package-lock.json");
    const have = path.join(folder, "installed-lock.json");
    const text = fs.readFileSync(wanted, "utf8");
    if (!fs.existsSync(have) || fs.readFileSync(have, "utf8") !== text) {
        const log = path.join(folder, "npm.log");
        await run(INSTALL, { cwd: folder, log, env: {}, network: true, limit_s: LIMIT_S });
        fs.writeFileSync(have, text);
    }
    const manifest = path.join(folder, "node_modules", name, "package.json");
    return JSON.parse(fs.readFileSync(manifest, "utf8")).version;
}
