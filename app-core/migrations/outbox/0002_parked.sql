-- Commands whose late outcome is waited for, read or not: counted at every exchange.
create index command_parked on command (epoch, seq)
  where json_extract(outcome, '$.verdict.result') = 'parked';
