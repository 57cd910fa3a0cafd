//! One storage suite, stamped on both databases: what a use case may rely on, whichever engine
//! the URL names. First the handle and the schema, then the use cases of the sync side.

mod bulk;
mod campaigns;
mod capacity;
mod commits;
mod company;
mod contention;
mod doubts;
mod durability;
mod exchange;
mod floor;
mod holds;
mod kits;
mod limits;
mod migrations;
mod mixed;
mod plain_counts;
mod plain_moves;
mod shelves;
mod stock;
mod stock_log;
mod subject;
mod tablets;
mod terms;
mod values;
mod webhooks;

/// Stamps each named test, `async fn(Subject)`, on both engines.
macro_rules! on_both {
    ($($module:ident: $($test:ident),+;)+) => {
        mod sqlite {
            $($(#[test] fn $test() {
                crate::subject::Subject::sqlite().run(crate::$module::$test);
            })+)+
        }
        mod postgres {
            $($(#[test] fn $test() {
                crate::subject::Subject::postgres().run(crate::$module::$test);
            })+)+
        }
    };
}

on_both! {
    values: every_kind_comes_back_as_it_went, nulls_keep_their_kind, numbers_bind_by_number,
        text_sorts_by_bytes, a_nul_character_is_refused, a_wrong_kind_names_its_column,
        a_parameter_has_the_declared_type, json_is_parsed_without_quoting_it,
        one_row_means_one_row;
    bulk: bulk_equals_row_by_row, bulk_updates_and_reads, no_rows_are_no_statement,
        too_many_rows_are_refused;
    commits: an_error_undoes_one_request_only, a_panic_undoes_one_request_only,
        an_ignored_failure_is_not_committed, a_failed_commit_is_not_acknowledged,
        a_read_changes_nothing, failures_have_kinds;
    shelves: nobody_writes_over_what_he_has_not_seen, a_new_position_is_made_with_its_units,
        what_was_read_ahead_is_read_again_when_overtaken;
    plain_counts: a_plain_count_is_written_where_the_books_are_as_known,
        an_index_that_is_behind_changes_nothing_wrongly, what_is_not_plain_is_left_to_the_books;
    plain_moves: a_plain_move_is_added_where_it_is_newer_than_every_count,
        who_does_not_read_the_books_writes_the_same, a_late_till_keeps_nobody_from_selling;
    stock: a_thousand_units_are_reserved_once, a_position_is_never_oversold;
    doubts: every_doubt_is_found_once_and_for_its_worst_reason, a_count_ends_a_doubt,
        pages_go_on_where_the_last_one_ended;
    holds: a_thousand_units_are_promised_once, what_is_held_too_long_is_free_again,
        what_is_kept_for_a_shop_is_never_promised_to_others,
        goods_on_their_way_are_promised_once;
    mixed: a_mixed_basket_is_held_whole, mixed_baskets_are_never_oversold;
    campaigns: a_campaign_sells_what_it_may_and_no_more, items_are_counted_together,
        one_customer_gets_no_more, counts_follow_whatever_happens, what_was_promised_before_is_not_counted;
    kits: kits_are_whole_at_one_location, what_is_missing_of_a_kit_is_sourced_alone,
        rules_about_a_kit_hold_beside_those_of_its_components,
        campaigns_count_kits_and_their_components;
    terms: as_many_wait_on_backorder_as_may, nothing_is_sourced_before_its_release,
        terms_are_stated_one_after_the_other;
    capacity: a_day_takes_no_more_than_it_can, a_place_goes_with_its_order;
    stock_log: whatever_moves_is_told_once, whoever_follows_is_woken;
    webhooks: one_server_delivers_at_a_time, an_operator_s_change_ends_a_lease,
        a_receiver_that_is_gone_is_left_alone, tries_and_webhooks_are_bounded;
    migrations: opening_again_changes_nothing, two_servers_may_start_at_once,
        an_edited_migration_is_refused, a_newer_schema_is_refused;
    durability: acknowledged_rows_are_seen_by_others, a_killed_process_keeps_what_it_acknowledged,
        closing_finishes_what_is_queued;
    limits: a_full_queue_says_busy;
    exchange: a_replay_gives_the_same_bytes, a_cloned_device_is_quarantined,
        a_gap_is_refused_whole, units_that_come_and_go_in_one_exchange,
        an_unknown_command_is_parked_and_the_rest_goes_on,
        a_person_who_was_not_allowed, two_tablets_pick_the_same_units,
        a_pick_after_a_cancellation_goes_back,
        units_not_found_are_sourced_again_and_the_shelf_distrusted, work_of_another_location,
        the_feed_is_gapless_and_forgets_the_customer, a_cursor_outside_the_feed_starts_over,
        serial_numbers_are_leased_once, a_command_sent_in_two_epochs_is_applied_once,
        a_parked_command_is_decided_later, a_parked_command_is_read_again, a_backup_is_noted;
    company: a_crowd_of_tablets, tablets_in_one_transaction;
    tablets: a_snapshot_and_the_feed_meet, a_silent_tablet_loses_its_claim;
}
