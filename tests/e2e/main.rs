//! Orders from the shop's request to the customer's hands: the real server program on both
//! databases, real engines, a network that can be cut, a printer's socket, the real window and the real console.

mod checks;
mod crashes;
mod day;
mod feeds;
mod idle;
mod inbox;
mod intake;
mod inventory;
mod journey;
mod kits;
mod later;
mod mixed;
mod promise;
mod receiver;
mod steps;
mod stock_page;
mod streams;
mod till_streams;
mod two_tablets;
mod upright;
mod webhooks;
mod webhooks_page;
mod window;

/// Stamps each named test, `fn(Store)`, on both engines.
macro_rules! on_both {
    ($($module:ident::$test:ident),+) => {
        mod sqlite { $(#[test] fn $test() { crate::$module::$test(&tests::server::Store::sqlite()); })+ }
        mod postgres { $(#[test] fn $test() { crate::$module::$test(&tests::server::Store::postgres()); })+ }
    };
}

on_both!(
    day::a_day_in_the_life,
    inventory::stock_arrives_from_many_sources,
    inventory::events_that_come_together_are_told_apart,
    inventory::a_snapshot_that_says_nothing_new_changes_nothing,
    inventory::a_bad_batch_says_why_and_leaves_nothing_half_done,
    inventory::a_refused_row_is_corrected_and_a_held_one_believed,
    inbox::files_become_batches,
    inbox::a_killed_server_takes_each_file_once,
    streams::what_tills_publish_becomes_stock,
    streams::a_killed_server_neither_loses_nor_doubles,
    streams::nothing_is_acknowledged_before_it_is_stored,
    streams::nats_may_be_away,
    till_streams::what_a_till_is_told_of_is_durable,
    promise::what_can_be_promised_follows_the_stock_and_the_rules,
    feeds::a_feed_and_its_increments_are_a_fresh_feed,
    webhooks::a_band_is_told_once_and_changes_are_joined,
    webhooks::nothing_is_lost_or_overtaken_by_a_kill,
    webhooks::who_is_gone_or_elsewhere_is_told_nothing,
    webhooks::another_secret_signs_beside_the_one_before,
    promise::a_basket_is_held_until_its_order_comes,
    promise::what_is_sold_is_counted,
    mixed::a_basket_is_picked_up_and_sent_home,
    later::what_is_still_to_come_is_promised_once,
    kits::a_kit_is_picked_as_its_components,
    kits::a_pre_order_waits_and_a_backorder_is_told,
    intake::a_bad_order_leaves_nothing_behind,
    journey::an_order_is_handed_over_without_network,
    idle::an_idle_tablet_sees_that_the_server_is_gone,
    two_tablets::both_pick_the_same_order_offline,
    crashes::a_killed_server_loses_nothing,
    crashes::a_killed_engine_loses_nothing
);

mod shared {
    #[test]
    fn what_is_given_is_seen_beside_a_long_transaction() {
        crate::promise::what_is_given_is_seen_beside_a_long_transaction(
            &tests::server::Store::postgres(),
        );
    }

    #[test]
    fn two_servers_share_a_consumer() {
        crate::streams::two_servers_share_a_consumer(&tests::server::Store::postgres());
    }
}
