-- Positions that a person should look at.

-- Below zero is among them: the check never_oversold makes it short as well. Only shortage is named, so
-- that a position whose shortage does not change stays where it is.
create index stock_positions_short on stock_positions (location_key, item_key) where shortage > 0;

-- Promised units that somebody did not find on the shelf.
create index stock_movements_unfound on stock_movements (location_key, item_key, happened_at_ms)
    where to_bucket = 'adjusted_out' and reserved_delta < 0;
