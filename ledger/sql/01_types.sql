-- What a caller asks for, and what the functions make of it.
CREATE TYPE ledger_request AS (
  book_id bigint, reference text, kind smallint, debit_id bigint, credit_id bigint, amount bigint,
  actor_id bigint, memo smallint, hold_id bigint
);

-- A line as it will be written. ord: which request it answers; free: what its hold set aside.
CREATE TYPE ledger_planned AS (
  ord bigint, line int, book_id bigint, reference text, kind smallint, debit_id bigint, credit_id bigint, amount bigint,
  asked_amount bigint, asked_credit_id bigint, actor_id bigint, memo smallint, hold_id bigint, free bigint,
  reverses_id bigint, booked_date date
);

-- Funds get ids from 2^52 on. Accounts are locked by id, and only under a wallet's lock is it known whether the fund is
-- needed too: so a fund must come after every wallet.
CREATE SEQUENCE ledger_fund_id START 4503599627370496 MINVALUE 4503599627370496 MAXVALUE 9007199254740991;

-- Room for HOT updates: no index stands on a column that a posting changes.
ALTER TABLE ledger_account SET (fillfactor = 50);
ALTER TABLE ledger_hold SET (fillfactor = 70);
CREATE INDEX ledger_entry_dates ON ledger_journalentry USING brin (booked_date) WITH (pages_per_range = 32);

-- The kinds are ledger.choices.EntryKind, and the account kinds AccountKind; a NULL credit is a payee not yet known.
-- 41, a transfer, fits nowhere here: half of one would be a loss, so ledger_post_transfer alone posts it.
CREATE FUNCTION ledger_kind_fits(p_kind smallint, p_debit smallint, p_credit smallint) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_kind
    WHEN 10 THEN p_debit = 4 AND p_credit IN (1, 2)
    WHEN 20 THEN p_debit = 1 AND p_credit = 1
    WHEN 30 THEN p_debit IN (1, 2) AND p_credit = 7
    WHEN 31 THEN p_debit IN (1, 2) AND p_credit = 7
    WHEN 32 THEN p_debit IN (1, 2) AND p_credit = 3
    WHEN 40 THEN p_debit IN (1, 2) AND p_credit IN (1, 2)
    WHEN 50 THEN p_debit = 5 AND p_credit IN (1, 2, 3)
    WHEN 51 THEN p_debit = 1 AND p_credit IN (1, 2)
    WHEN 60 THEN p_debit IN (1, 2) AND p_credit = 8
    WHEN 61 THEN p_debit = 2 AND p_credit = 6
    WHEN 62 THEN p_debit = 3 AND p_credit = 9
    ELSE false
  END
$$;
