// Fills an empty Medusa, through its own workflows, and writes what a caller must know.

const fs = require("node:fs");
const flows = require("@medusajs/medusa/core-flows");
const { ContainerRegistrationKeys, Modules } = require("@medusajs/framework/utils");

const { PEER_KNOWN, PEER_NETWORK } = process.env;
/** Products of one call. */
const BATCH = 250;

exports.default = async ({ container }) => {
    const { stores, products } = JSON.parse(fs.readFileSync(PEER_NETWORK, "utf8"));
    const run = async (flow, input) => (await flow(container).run({ input })).result;
    const [channel] = await container.resolve(Modules.SALES_CHANNEL).listSalesChannels();
    const [region] = await run(flows.createRegionsWorkflow, {
        regions: [
            {
                name: "US",
                currency_code: "usd",
                countries: ["us"],
                payment_providers: ["pp_system_default"],
            },
        ],
    });
    await run(flows.createTaxRegionsWorkflow, [{ country_code: "us", provider_id: "tp_system" }]);
    const address = { address_1: "1 Main Street", country_code: "us" };
    const locations = stores.map((name) => ({ name, address }));
    const places = await run(flows.createStockLocationsWorkflow, { locations });
    for (const { id } of places) {
        await run(flows.linkSalesChannelsToStockLocationWorkflow, { id, add: [channel.id] });
    }
    const profile = await shippingProfile(container, run);
    const option = await shippingOption(container, run, places[0].id, profile.id);
    const known = { region: region.id, option: option.id, ...(await keys(run, channel.id)) };
    while (products.length > 0) {
        const some = products.splice(0, BATCH).map((one) => product(one, profile.id, channel.id));
        await run(flows.createProductsWorkflow, { products: some });
    }
    fs.writeFileSync(PEER_KNOWN, JSON.stringify(known));
};

function product({ sku, name, price }, shipping_profile_id, channel) {
    const variant = {
        title: "One",
        sku,
        manage_inventory: true,
        options: { Kind: "One" },
        prices: [{ currency_code: "usd", amount: price / 100 }],
    };
    return {
        title: name,
        handle: sku.toLowerCase(),
        status: "published",
        shipping_profile_id,
        options: [{ title: "Kind", values: ["One"] }],
        variants: [variant],
        sales_channels: [{ id: channel }],
    };
}

async function shippingProfile(container, run) {
    const [found] = await container.resolve(Modules.FULFILLMENT).listShippingProfiles();
    if (found) return found;
    const data = [{ name: "Default", type: "default" }];
    const [made] = await run(flows.createShippingProfilesWorkflow, { data });
    return made;
}

async function shippingOption(container, run, stock_location_id, shipping_profile_id) {
    const set = await container.resolve(Modules.FULFILLMENT).createFulfillmentSets({
        name: "Delivery",
        type: "shipping",
        service_zones: [{ name: "US", geo_zones: [{ country_code: "us", type: "country" }] }],
    });
    const link = container.resolve(ContainerRegistrationKeys.LINK);
    const at = { [Modules.STOCK_LOCATION]: { stock_location_id } };
    const manual = { fulfillment_provider_id: "manual_manual" };
    await link.create({ ...at, [Modules.FULFILLMENT]: manual });
    await link.create({ ...at, [Modules.FULFILLMENT]: { fulfillment_set_id: set.id } });
    const [option] = await run(flows.createShippingOptionsWorkflow, [
        {
            name: "Standard",
            price_type: "flat",
            provider_id: "manual_manual",
            service_zone_id: set.service_zones[0].id,
            shipping_profile_id,
            type: { label: "Standard", description: "Some days", code: "standard" },
            prices: [{ currency_code: "usd", amount: 5 }],
            rules: [
                { attribute: "enabled_in_store", value: "true", operator: "eq" },
                { attribute: "is_return", value: "false", operator: "eq" },
            ],
        },
    ]);
    return option;
}

async function keys(run, channel) {
    const types = ["publishable", "secret"];
    const api_keys = types.map((type) => ({ title: type, type, created_by: "" }));
    const [shop, operator] = await run(flows.createApiKeysWorkflow, { api_keys });
    await run(flows.linkSalesChannelsToApiKeyWorkflow, { id: shop.id, add: [channel] });
    return { shop: shop.token, operator: operator.token };
}
