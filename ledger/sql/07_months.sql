-- Months, checkpoints and seals. A SHARE lock waits for every posting under way and lets none begin: what is read then is
-- final. It is held for the rest of the transaction, so each of these calls is best a transaction of its own.

-- After this nothing is booked in the month or before it.
CREATE FUNCTION ledger_close_month(p_book bigint, p_month date, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  b ledger_book;
  v_last date := (p_month + interval '1 month')::date - 1;
BEGIN
  SELECT * INTO b FROM ledger_book WHERE id = p_book;
  IF b.id IS NULL THEN
    RAISE EXCEPTION 'book % is unknown', p_book USING ERRCODE = 'LG004';
  ELSIF (extract(day FROM p_month) = 1 AND (p_now AT TIME ZONE b.time_zone)::date > v_last) IS NOT TRUE THEN
    RAISE EXCEPTION 'month % is not over', p_month USING ERRCODE = 'LG010';
  ELSIF b.closed_through >= v_last THEN
    RETURN;
  END IF;
  LOCK TABLE ledger_journalentry IN SHARE MODE;
  UPDATE ledger_book SET closed_through = greatest(closed_through, v_last) WHERE id = p_book;
END $$;

-- One row an account that keeps a balance, from closed lines alone, so without a lock. Answers how many were new.
CREATE FUNCTION ledger_state_month(p_book bigint, p_month date, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  b ledger_book;
  v_next date := (p_month + interval '1 month')::date;
  v_n bigint;
BEGIN
  SELECT * INTO b FROM ledger_book WHERE id = p_book;
  IF (extract(day FROM p_month) = 1 AND b.closed_through >= v_next - 1 AND p_now IS NOT NULL) IS NOT TRUE THEN
    RAISE EXCEPTION 'month % is not closed', p_month USING ERRCODE = 'LG010';
  END IF;
  WITH leg AS (
    SELECT debit_id AS account_id, debit_seq AS seq, debit_after AS after, -amount AS delta FROM ledger_journalentry
    WHERE book_id = p_book AND booked_date >= p_month AND booked_date < v_next AND debit_seq IS NOT NULL
    UNION ALL
    SELECT credit_id, credit_seq, credit_after, amount FROM ledger_journalentry
    WHERE book_id = p_book AND booked_date >= p_month AND booked_date < v_next AND credit_seq IS NOT NULL
  ), moved AS (
    SELECT account_id, count(*) AS lines, max(seq) AS last_seq,
      sum(delta) FILTER (WHERE delta > 0) AS credited, -sum(delta) FILTER (WHERE delta < 0) AS debited
    FROM leg GROUP BY account_id
  ), stated AS (
    INSERT INTO ledger_monthlystatement (book_id, account_id, month, opening, credited, debited, closing, lines, last_seq, made_at)
    SELECT p_book, a.id, p_month, o.after, coalesce(m.credited, 0), coalesce(m.debited, 0),
      o.after + coalesce(m.credited, 0) - coalesce(m.debited, 0), coalesce(m.lines, 0), coalesce(m.last_seq, o.seq), p_now
    FROM ledger_account AS a
    LEFT JOIN moved AS m ON m.account_id = a.id
    LEFT JOIN ledger_monthlystatement AS s ON s.account_id = a.id AND s.month = (p_month - interval '1 month')::date
    CROSS JOIN LATERAL (
      -- Carried from the month before; where that was never stated, from the last line before this month.
      SELECT s.closing AS after, s.last_seq AS seq WHERE s.id IS NOT NULL
      UNION ALL
      SELECT coalesce(max(l.after), 0), coalesce(max(l.seq), 0) FROM (
        (SELECT debit_after AS after, debit_seq AS seq FROM ledger_journalentry
         WHERE debit_id = a.id AND debit_seq IS NOT NULL AND booked_date < p_month ORDER BY debit_seq DESC LIMIT 1)
        UNION ALL
        (SELECT credit_after, credit_seq FROM ledger_journalentry
         WHERE credit_id = a.id AND credit_seq IS NOT NULL AND booked_date < p_month ORDER BY credit_seq DESC LIMIT 1)
        ORDER BY seq DESC LIMIT 1
      ) AS l WHERE s.id IS NULL
    ) AS o
    WHERE a.book_id = p_book AND a.keeps_balance
      AND (m.account_id IS NOT NULL OR o.seq > 0 OR (a.opened_at AT TIME ZONE b.time_zone)::date < v_next)
    ORDER BY a.id
    ON CONFLICT (account_id, month) DO NOTHING
    RETURNING 1
  )
  SELECT count(*) INTO v_n FROM stated;
  RETURN v_n;
END $$;

-- One row an insert-only account, where something was posted since the last. Answers how many were written.
CREATE FUNCTION ledger_checkpoint_now(p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_from bigint; v_last bigint; v_n bigint;
BEGIN
  LOCK TABLE ledger_journalentry IN SHARE MODE;
  SELECT max(id) INTO v_last FROM ledger_journalentry;
  SELECT coalesce(max(last_id), 0) INTO v_from FROM ledger_checkpoint;
  IF v_last IS NULL OR v_last = v_from THEN
    RETURN 0;
  END IF;
  WITH moved AS (
    SELECT account_id, sum(delta) AS delta, count(*) AS lines
    FROM (
      SELECT debit_id AS account_id, -amount AS delta FROM ledger_journalentry WHERE id > v_from AND debit_seq IS NULL
      UNION ALL SELECT credit_id, amount FROM ledger_journalentry WHERE id > v_from AND credit_seq IS NULL
    ) AS leg GROUP BY account_id
  ), made AS (
    INSERT INTO ledger_checkpoint (account_id, last_id, balance, lines, made_at)
    SELECT a.id, v_last, coalesce(c.balance, 0) + coalesce(m.delta, 0), coalesce(c.lines, 0) + coalesce(m.lines, 0), p_now
    FROM ledger_account AS a
    LEFT JOIN ledger_checkpoint AS c ON c.account_id = a.id AND c.last_id = v_from
    LEFT JOIN moved AS m ON m.account_id = a.id
    WHERE NOT a.keeps_balance
    RETURNING 1
  )
  SELECT count(*) INTO v_n FROM made;
  RETURN v_n;
END $$;

-- 16 bytes that stand for every column of a line, in a form that no setting changes.
CREATE FUNCTION ledger_digest(e ledger_journalentry) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT substr(sha256(convert_to(concat_ws('|', e.id, e.book_id, e.line, e.kind, e.debit_id, e.credit_id, e.amount,
    coalesce(e.asked_amount, 0), coalesce(e.asked_credit_id, 0), coalesce(e.debit_seq, 0), coalesce(e.debit_after, 0),
    coalesce(e.credit_seq, 0), coalesce(e.credit_after, 0), e.booked_date - date '2000-01-01',
    extract(epoch FROM e.posted_at), extract(epoch FROM e.recorded_at), coalesce(e.actor_id, 0), e.memo,
    coalesce(e.reverses_id, 0), coalesce(e.hold_id, 0), e.reference), 'UTF8')), 1, 16)
$$;

-- The next link of a book's chain over all that was posted since the last, at most p_limit lines, so that no seal grows
-- too large. Answers its number, or NULL when nothing is left to seal.
CREATE FUNCTION ledger_seal_book(p_book bigint, p_now timestamptz, p_limit int DEFAULT 100000) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  s ledger_seal;
  v_zone text;
  v_first bigint; v_last bigint; v_lines int; v_digests bytea;
BEGIN
  LOCK TABLE ledger_journalentry IN SHARE MODE;
  SELECT time_zone INTO v_zone FROM ledger_book WHERE id = p_book FOR NO KEY UPDATE;
  IF v_zone IS NULL THEN
    RAISE EXCEPTION 'book % is unknown', p_book USING ERRCODE = 'LG004';
  END IF;
  SELECT * INTO s FROM ledger_seal WHERE book_id = p_book ORDER BY number DESC LIMIT 1;
  SELECT min(t.id), max(t.id), count(*), string_agg(ledger_digest(t), ''::bytea ORDER BY t.id)
  INTO v_first, v_last, v_lines, v_digests
  FROM (
    SELECT * FROM ledger_journalentry WHERE id > coalesce(s.last_id, 0) AND book_id = p_book
    ORDER BY id LIMIT least(p_limit, 100000)
  ) AS t;
  IF v_lines = 0 THEN
    RETURN NULL;
  END IF;
  INSERT INTO ledger_seal (book_id, number, first_id, last_id, lines, sealed_at, day, digests, previous, hash)
    VALUES (p_book, coalesce(s.number, 0) + 1, v_first, v_last, v_lines, p_now, (p_now AT TIME ZONE v_zone)::date, v_digests,
      coalesce(s.hash, ''::bytea), sha256(coalesce(s.hash, ''::bytea) || v_digests));
  RETURN coalesce(s.number, 0) + 1;
END $$;

-- What no longer fits the seals of a book: 'link' (a seal itself was altered or taken away), 'line' (changed or added; entry_id,
-- booked_date and the accounts' numbers say which, as it reads now), 'missing' (a sealed line is gone: it was of day, between
-- first_id and last_id). No row: every seal verifies.
CREATE FUNCTION ledger_verify_seals(p_book bigint) RETURNS TABLE (
  number int, problem text, day date, first_id bigint, last_id bigint,
  entry_id bigint, booked_date date, debit_number text, credit_number text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  s ledger_seal;
  v_before bytea := ''::bytea; v_number int := 0; v_last bigint := 0; v_ids bigint[]; v_gone bigint;
BEGIN
  FOR s IN SELECT * FROM ledger_seal AS x WHERE x.book_id = p_book ORDER BY x.number LOOP
    IF s.number <> v_number + 1 OR s.previous <> v_before OR s.hash <> sha256(s.previous || s.digests)
       OR length(s.digests) <> 16 * s.lines OR s.first_id <= v_last THEN
      RETURN QUERY SELECT s.number, 'link'::text, s.day, s.first_id, s.last_id, NULL::bigint, NULL::date, NULL::text, NULL::text;
    END IF;
    WITH sealed AS (
      SELECT substr(s.digests, 16 * n + 1, 16) AS digest FROM generate_series(0, s.lines - 1) AS n
    ), present AS (
      SELECT e.id, ledger_digest(e) AS digest FROM ledger_journalentry AS e
      WHERE e.book_id = p_book AND e.id > v_last AND e.id <= s.last_id
    )
    SELECT array_agg(present.id) FILTER (WHERE sealed.digest IS NULL),
      count(*) FILTER (WHERE present.digest IS NULL) - count(*) FILTER (WHERE sealed.digest IS NULL)
    INTO v_ids, v_gone FROM sealed FULL JOIN present USING (digest);
    RETURN QUERY
    SELECT s.number, 'line'::text, s.day, s.first_id, s.last_id, e.id, e.booked_date, d.number::text, c.number::text
    FROM ledger_journalentry AS e
    LEFT JOIN ledger_account AS d ON d.id = e.debit_id LEFT JOIN ledger_account AS c ON c.id = e.credit_id
    WHERE e.id = ANY (v_ids) ORDER BY e.id;
    -- An altered line lacks its old digest too: only what has no line in its place is gone.
    RETURN QUERY
    SELECT s.number, 'missing'::text, s.day, s.first_id, s.last_id, NULL::bigint, NULL::date, NULL::text, NULL::text
    FROM generate_series(1, v_gone);
    v_before := s.hash;
    v_number := s.number;
    v_last := s.last_id;
  END LOOP;
END $$;
