-- Books and accounts: opened, limited, paused; never deleted. Clearing accounts are opened in pairs (09_transfers.sql).

CREATE FUNCTION ledger_open_account(
  p_book bigint, p_kind smallint, p_number text, p_floor bigint, p_cap bigint, p_now timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id bigint;
BEGIN
  IF (p_kind IN (1, 2, 3) AND char_length(p_number) BETWEEN 1 AND 50 AND p_now IS NOT NULL) IS NOT TRUE THEN
    RAISE EXCEPTION 'an account of kind % cannot be opened so', p_kind USING ERRCODE = 'LG007';
  END IF;
  IF NOT EXISTS (SELECT FROM ledger_book WHERE id = p_book) THEN
    RAISE EXCEPTION 'book % is unknown', p_book USING ERRCODE = 'LG004';
  END IF;
  IF p_floor > 0 THEN
    RAISE EXCEPTION 'a new account has nothing above a floor of %', p_floor USING ERRCODE = 'LG001';
  END IF;
  v_id := CASE WHEN p_kind = 2 THEN nextval('ledger_fund_id')
               ELSE nextval(pg_get_serial_sequence('ledger_account', 'id')) END;
  INSERT INTO ledger_account (id, book_id, kind, number, keeps_balance, floor, cap, balance, held, seq, opened_at)
    VALUES (v_id, p_book, p_kind, p_number, true, coalesce(p_floor, 0),
            CASE WHEN p_kind = 1 THEN p_cap END, 0, 0, 0, p_now);
  RETURN v_id;
END $$;

-- The system accounts are numbered by their kind: 'fund', 'issuance', 'opening', 'redeemed', 'expired', 'settled'.
CREATE FUNCTION ledger_open_book(p_name_zh text, p_name_en text, p_time_zone text, p_unit text, p_now timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_book bigint;
BEGIN
  BEGIN
    PERFORM p_now AT TIME ZONE p_time_zone;
  EXCEPTION WHEN invalid_parameter_value THEN
    RAISE EXCEPTION 'time zone % is unknown', p_time_zone USING ERRCODE = 'LG007';
  END;
  INSERT INTO ledger_book (name_zh, name_en, time_zone, unit, opened_at)
    VALUES (p_name_zh, p_name_en, p_time_zone, p_unit, p_now) RETURNING id INTO v_book;
  PERFORM ledger_open_account(v_book, 2::smallint, 'fund', 0, NULL, p_now);
  INSERT INTO ledger_account (book_id, kind, number, keeps_balance, balance, held, seq, opened_at)
    SELECT v_book, kind, number, false, 0, 0, 0, p_now
    FROM (VALUES (4, 'issuance'), (5, 'opening'), (7, 'redeemed'), (8, 'expired'), (9, 'settled')) AS system (kind, number);
  RETURN v_book;
END $$;

-- Where a wallet holds more than its new cap, nothing is taken; later earnings go to the fund.
CREATE FUNCTION ledger_set_cap(p_account bigint, p_cap bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_cap < 0 THEN
    RAISE EXCEPTION 'a cap is 0 or more' USING ERRCODE = 'LG007';
  END IF;
  UPDATE ledger_account SET cap = p_cap WHERE id = p_account AND kind = 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'account % is not a wallet', p_account USING ERRCODE = 'LG004';
  END IF;
END $$;

-- p_at: the instant from which spending kinds and new holds are refused; NULL lifts it.
CREATE FUNCTION ledger_pause_spending(p_book bigint, p_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE ledger_book SET spending_paused_at = p_at WHERE id = p_book;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'book % is unknown', p_book USING ERRCODE = 'LG004';
  END IF;
END $$;
