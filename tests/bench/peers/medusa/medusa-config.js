// Medusa as it comes, without its administration pages; modules in memory where there is a choice.

const { defineConfig } = require("@medusajs/framework/utils");

const { DATABASE_URL, PEER_SECRET } = process.env;
const origin = "http://127.0.0.1";

module.exports = defineConfig({
    projectConfig: {
        databaseUrl: DATABASE_URL,
        http: {
            storeCors: origin,
            adminCors: origin,
            authCors: origin,
            jwtSecret: PEER_SECRET,
            cookieSecret: PEER_SECRET,
        },
    },
    admin: { disable: true },
});
