// Vendure as a library: `server.cjs load` fills an empty database and ends, `server.cjs` serves.
// As it comes, without plugins, but for three things: tokens in headers, the number of units in the
// shop's API, and its own dummy payment, which settles at once.

const fs = require("node:fs");
const core = require("@vendure/core");
const { populate } = require("@vendure/core/cli");

const { PEER_PLACE, PEER_PORT, PEER_SECRET, PEER_NETWORK } = process.env;
const { host, port, user, password, database } = JSON.parse(PEER_PLACE);
const isLoad = process.argv[2] === "load";

const config = {
    logger: new core.DefaultLogger({ level: core.LogLevel.Warn }),
    apiOptions: { hostname: "127.0.0.1", port: Number(PEER_PORT) },
    authOptions: {
        tokenMethod: ["bearer"],
        superadminCredentials: { identifier: "operator", password: PEER_SECRET },
        cookieOptions: { secret: PEER_SECRET },
    },
    catalogOptions: {
        stockDisplayStrategy: { getStockLevel: (_context, _variant, units) => String(units) },
    },
    paymentOptions: { paymentMethodHandlers: [core.dummyPaymentHandler] },
    dbConnectionOptions: {
        type: "postgres",
        host,
        port,
        username: user,
        password,
        database,
        synchronize: isLoad,
        logging: false,
        // What is loaded need not outlive a power cut; what is measured does.
        extra: isLoad ? { options: "-c synchronous_commit=off" } : {},
    },
};

const settled = {
    code: core.dummyPaymentHandler.code,
    arguments: [{ name: "automaticSettle", value: "true" }],
};
const shop = {
    defaultLanguage: core.LanguageCode.en,
    defaultZone: "Americas",
    countries: [{ code: "US", name: "United States", zone: "Americas" }],
    taxRates: [{ name: "Standard", percentage: 0 }],
    shippingMethods: [{ name: "Standard", price: 500 }],
    paymentMethods: [{ name: "Dummy", handler: settled }],
    collections: [],
};

async function load() {
    const { stores, products } = JSON.parse(fs.readFileSync(PEER_NETWORK, "utf8"));
    const app = await populate(() => core.bootstrap(config), shop);
    const context = await app.get(core.RequestContextService).create({ apiType: "admin" });
    const places = app.get(core.StockLocationService);
    const first = await places.defaultStockLocation(context);
    await places.update(context, { id: first.id, name: stores[0] });
    for (const name of stores.slice(1)) await places.create(context, { name });
    const taxes = await app.get(core.TaxCategoryService).findAll(context);
    const [tax] = taxes.items;
    const importer = app.get(core.FastImporterService);
    await importer.initialize(await app.get(core.ChannelService).getDefaultChannel(context));
    while (products.length > 0) {
        const some = products.splice(0, 8);
        await Promise.all(some.map((product) => add(importer, product, tax.id)));
    }
    await app.close();
}

async function add(importer, { sku, name, price }, taxCategoryId) {
    const languageCode = core.LanguageCode.en;
    const productId = await importer.createProduct({
        enabled: true,
        translations: [{ languageCode, name, slug: sku, description: "" }],
    });
    await importer.createProductVariant({
        productId,
        sku,
        price,
        taxCategoryId,
        trackInventory: "TRUE",
        translations: [{ languageCode, name }],
    });
}

const work = isLoad ? load().then(() => process.exit(0)) : core.bootstrap(config);
work.catch((error) => {
    console.error(error);
    process.exit(1);
});
