// Plain HTTP over connections that stay open, as a shop's own server would call.
// Requests are counted.

import http from "node:http";

/** A call that takes this long has failed. */
const ANSWER_MS = 120_000;

export class Client {
    requests = 0;
    #agent = new http.Agent({ keepAlive: true, maxSockets: 64, noDelay: true });

    constructor(port) {
        this.port = port;
    }

    /** Status, headers and the JSON of the body (or its text). */
    async call(method, path, { body, headers = {}, type = "application/json" } = {}) {
        this.requests += 1;
        const bytes = body === undefined ? undefined : encode(body);
        const length = bytes && { "content-type": type, "content-length": bytes.length };
        const options = { method, path, headers: { ...headers, ...length } };
        try {
            return await this.#send(options, bytes);
        } catch (error) {
            // The server closed an idle connection before it saw the request, as it may.
            if (!error.wasIdle) throw error;
            return this.#send(options, bytes);
        }
    }

    #send(options, bytes) {
        const to = { host: "127.0.0.1", port: this.port, agent: this.#agent };
        return new Promise((resolve, reject) => {
            const request = http.request({ ...to, ...options });
            const late = () => request.destroy(new Error(`${options.path}: no answer`));
            request.setTimeout(ANSWER_MS, late);
            request.on("error", (error) => {
                error.wasIdle = request.reusedSocket && error.code === "ECONNRESET";
                reject(error);
            });
            request.on("response", (response) => {
                const pieces = [];
                response.on("data", (piece) => pieces.push(piece));
                response.on("error", reject);
                response.on("end", () => resolve(answer(response, Buffer.concat(pieces))));
            });
            request.end(bytes);
        });
    }

    /** The same; an answer that is not one of success is thrown. */
    async ask(method, path, options) {
        const answered = await this.call(method, path, options);
        if (answered.status >= 300) {
            throw new Error(`${method} ${path}: ${answered.status} ${answered.text.slice(0, 400)}`);
        }
        return answered;
    }

    close() {
        this.#agent.destroy();
    }
}

function encode(body) {
    if (Buffer.isBuffer(body) || typeof body === "string") return Buffer.from(body);
    return Buffer.from(JSON.stringify(body));
}

function answer(response, bytes) {
    const text = bytes.toString();
    const isJson = (response.headers["content-type"] ?? "").includes("json");
    const json = isJson && text !== "" ? JSON.parse(text) : undefined;
    return { status: response.statusCode, headers: response.headers, text, json };
}
