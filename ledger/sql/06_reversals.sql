-- Reversals: a whole reference is mirrored line by line, once, by a second person. A mirror is always whole: where an
-- account is short, its recovery account lends the shortfall in a line before.

CREATE FUNCTION ledger_ask_reversal(
  p_book bigint, p_reference text, p_as text, p_reason text, p_actor bigint, p_now timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  r ledger_reversalrequest;
  v_id bigint;
BEGIN
  IF (char_length(p_reason) BETWEEN 1 AND 500 AND char_length(p_as) BETWEEN 1 AND 120 AND p_actor IS NOT NULL
      AND p_now IS NOT NULL) IS NOT TRUE THEN
    RAISE EXCEPTION 'the request for a reversal is malformed' USING ERRCODE = 'LG007';
  END IF;
  PERFORM FROM ledger_book WHERE id = p_book FOR NO KEY UPDATE;  -- two who ask at once find one request
  SELECT * INTO r FROM ledger_reversalrequest WHERE book_id = p_book AND reference = p_reference AND status IN (0, 1);
  IF FOUND THEN
    IF (r.status, r.asked_by_id) IS DISTINCT FROM (0::smallint, p_actor) THEN
      RAISE EXCEPTION 'a reversal of % was asked already', p_reference USING ERRCODE = 'LG005';
    END IF;
    RETURN r.id;
  END IF;
  PERFORM ledger_reversible(p_book, p_reference);
  IF EXISTS (SELECT FROM ledger_journalentry WHERE book_id = p_book AND reference = p_as) THEN
    RAISE EXCEPTION 'reference % was used for something else', p_as USING ERRCODE = 'LG002';
  END IF;
  INSERT INTO ledger_reversalrequest (book_id, reference, reversal_reference, reason, asked_by_id, asked_at, status)
    VALUES (p_book, p_reference, p_as, p_reason, p_actor, p_now, 0) RETURNING id INTO v_id;
  RETURN v_id;
END $$;

-- Refuses what is unknown, already reversed, itself a reversal, or half of a transfer.
CREATE FUNCTION ledger_reversible(p_book bigint, p_reference text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM ledger_journalentry WHERE book_id = p_book AND reference = p_reference) OR EXISTS (
    SELECT FROM ledger_journalentry AS o
    WHERE o.book_id = p_book AND o.reference = p_reference
      AND (o.kind IN (92, 93) OR EXISTS (SELECT FROM ledger_journalentry AS m WHERE m.reverses_id = o.id))
  ) THEN
    RAISE EXCEPTION 'reference % cannot be reversed', p_reference USING ERRCODE = 'LG005';
  ELSIF EXISTS (SELECT FROM ledger_journalentry WHERE book_id = p_book AND reference = p_reference AND kind = 41) THEN
    -- A mirror of this book's half would leave the other book's: the way back is a transfer back.
    RAISE EXCEPTION 'reference % is a transfer', p_reference USING ERRCODE = 'LG016';
  END IF;
END $$;

-- Answers the recovery account of an account, opened the first time that it is short. The caller holds the owner's lock.
CREATE FUNCTION ledger_recovery_of(p_account bigint, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  a ledger_account;
  v_id bigint;
BEGIN
  SELECT * INTO a FROM ledger_account WHERE id = p_account;
  IF a.recovery_id IS NOT NULL THEN
    PERFORM FROM ledger_account WHERE id = a.recovery_id FOR NO KEY UPDATE;
    RETURN a.recovery_id;
  END IF;
  INSERT INTO ledger_account (book_id, kind, number, keeps_balance, balance, held, seq, owner_id, opened_at)
    VALUES (a.book_id, 6, a.number || ':recovery', true, 0, 0, 0, a.id, p_now) RETURNING id INTO v_id;
  UPDATE ledger_account SET recovery_id = v_id WHERE id = p_account;
  RETURN v_id;
END $$;

-- Answers the ids of the mirroring lines in the order they were written. Confirmed before: the same ids again.
CREATE FUNCTION ledger_confirm_reversal(p_request bigint, p_actor bigint, p_now timestamptz) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  r ledger_reversalrequest;
  o record;
  v_touched bigint[]; v_bal jsonb;
  v_lines ledger_planned[] := '{}';
  v_short bigint; v_recovery bigint; v_line int := 0; v_day date;
BEGIN
  LOCK TABLE ledger_journalentry IN ROW EXCLUSIVE MODE;
  SELECT * INTO r FROM ledger_reversalrequest WHERE id = p_request FOR UPDATE;
  IF r.id IS NULL OR p_actor IS NULL OR p_now IS NULL THEN
    RAISE EXCEPTION 'reversal request % is unknown', p_request USING ERRCODE = 'LG004';
  ELSIF r.status = 1 THEN
    RETURN (SELECT array_agg(id ORDER BY id) FROM ledger_journalentry
            WHERE book_id = r.book_id AND reference = r.reversal_reference);
  ELSIF r.status = 2 THEN
    RAISE EXCEPTION 'reversal request % was declined', p_request USING ERRCODE = 'LG005';
  ELSIF r.asked_by_id = p_actor THEN
    RAISE EXCEPTION 'a second person confirms' USING ERRCODE = 'LG012';
  END IF;

  SELECT array_agg(id) INTO v_touched FROM (
    SELECT debit_id AS id FROM ledger_journalentry WHERE book_id = r.book_id AND reference = r.reference
    UNION SELECT credit_id FROM ledger_journalentry WHERE book_id = r.book_id AND reference = r.reference
  ) AS t;
  PERFORM FROM ledger_account AS a
  WHERE a.keeps_balance AND a.kind <> 6 AND a.id IN (
    SELECT unnest(v_touched) UNION ALL SELECT x.owner_id FROM ledger_account AS x WHERE x.id = ANY (v_touched) AND x.kind = 6
  ) ORDER BY a.id FOR NO KEY UPDATE;
  PERFORM FROM ledger_account AS a WHERE a.kind = 6 AND a.id = ANY (v_touched) ORDER BY a.id FOR NO KEY UPDATE;
  PERFORM ledger_reversible(r.book_id, r.reference);

  -- What each account with a floor has available, line after line; the last line is mirrored first.
  SELECT jsonb_object_agg(id, balance - held - floor) INTO v_bal
  FROM ledger_account WHERE id = ANY (v_touched) AND floor IS NOT NULL;
  SELECT greatest((p_now AT TIME ZONE b.time_zone)::date, b.closed_through + 1) INTO v_day
  FROM ledger_book AS b WHERE b.id = r.book_id;
  SELECT greatest(v_day, max(a.last_booked)) INTO v_day
  FROM ledger_account AS a WHERE a.id = ANY (v_touched)
    OR a.id IN (SELECT x.recovery_id FROM ledger_account AS x WHERE x.id = ANY (v_touched));
  FOR o IN SELECT * FROM ledger_journalentry WHERE book_id = r.book_id AND reference = r.reference ORDER BY line DESC LOOP
    v_short := o.amount - (v_bal ->> o.credit_id::text)::bigint;
    IF v_short > 0 THEN
      v_recovery := ledger_recovery_of(o.credit_id, p_now);
      v_lines := array_append(v_lines, ROW(v_line, v_line + 3, r.book_id, r.reversal_reference, 92, v_recovery, o.credit_id,
        v_short, NULL, NULL, p_actor, 0, NULL, 0, NULL, v_day)::ledger_planned);
      v_bal := jsonb_set(v_bal, ARRAY[o.credit_id::text], to_jsonb(o.amount));
    END IF;
    v_lines := array_append(v_lines, ROW(v_line, v_line, r.book_id, r.reversal_reference, 93, o.credit_id, o.debit_id,
      o.amount, NULL, NULL, p_actor, 0, NULL, 0, o.id, v_day)::ledger_planned);
    IF v_bal ? o.credit_id::text THEN
      v_bal := jsonb_set(v_bal, ARRAY[o.credit_id::text], to_jsonb((v_bal ->> o.credit_id::text)::bigint - o.amount));
    END IF;
    IF v_bal ? o.debit_id::text THEN
      v_bal := jsonb_set(v_bal, ARRAY[o.debit_id::text], to_jsonb((v_bal ->> o.debit_id::text)::bigint + o.amount));
    END IF;
    v_line := v_line + 8;
  END LOOP;
  UPDATE ledger_reversalrequest SET status = 1, decided_by_id = p_actor, decided_at = p_now WHERE id = p_request;
  BEGIN
    RETURN ledger_write(v_lines, p_now);
  EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'reference % was used for something else', r.reversal_reference USING ERRCODE = 'LG002';
  END;
END $$;

-- A second person declines, too; a declined reference may be asked for anew.
CREATE FUNCTION ledger_decline_reversal(p_request bigint, p_actor bigint, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  r ledger_reversalrequest;
BEGIN
  SELECT * INTO r FROM ledger_reversalrequest WHERE id = p_request FOR UPDATE;
  IF r.id IS NULL OR p_actor IS NULL OR p_now IS NULL THEN
    RAISE EXCEPTION 'reversal request % is unknown', p_request USING ERRCODE = 'LG004';
  ELSIF r.status = 1 THEN
    RAISE EXCEPTION 'reversal request % was confirmed', p_request USING ERRCODE = 'LG005';
  ELSIF r.asked_by_id = p_actor THEN
    RAISE EXCEPTION 'a second person declines' USING ERRCODE = 'LG012';
  ELSIF r.status = 0 THEN
    UPDATE ledger_reversalrequest SET status = 2, decided_by_id = p_actor, decided_at = p_now WHERE id = p_request;
  END IF;
END $$;
