-- 1 to 100,000 requests, all or none, with the contract of ledger_post_one: the same input gives the same rows.
-- force_custom_plan: a generic plan takes every array for ten rows and would join 100,000 × 100,000 by nested loops.

-- Writes planned lines in their order: running numbers and balances, the insert, one update an account. The caller holds
-- the accounts' locks. Floors are kept at every line, as if each were posted by itself. Answers the ids in order.
CREATE FUNCTION ledger_write(p ledger_planned[], p_now timestamptz) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_ids bigint[];
  v_short bigint; v_available bigint; v_over bigint;
BEGIN
  WITH u AS MATERIALIZED (
    SELECT * FROM unnest(p) WITH ORDINALITY AS t (ord, line, book_id, reference, kind, debit_id, credit_id, amount, asked_amount,
      asked_credit_id, actor_id, memo, hold_id, free, reverses_id, booked_date, n)
  ), leg AS (
    SELECT n, debit_id AS account_id, -amount AS delta, free FROM u
    UNION ALL SELECT n, credit_id, amount, 0 FROM u
  ), run AS MATERIALIZED (
    SELECT leg.n, leg.delta, a.kind, a.seq + row_number() OVER w AS seq,
      a.balance + (sum(leg.delta) OVER w)::bigint AS after,
      a.floor + a.held - (sum(leg.free) OVER w)::bigint AS low
    FROM leg JOIN ledger_account AS a ON a.id = leg.account_id AND a.keeps_balance
    WINDOW w AS (PARTITION BY a.id ORDER BY leg.n ROWS UNBOUNDED PRECEDING)
  ), ins AS (
    INSERT INTO ledger_journalentry (book_id, reference, line, kind, debit_id, credit_id, amount, asked_amount, asked_credit_id,
        debit_seq, debit_after, credit_seq, credit_after, posted_at, booked_date, actor_id, memo, reverses_id, hold_id)
    SELECT u.book_id, u.reference, u.line, u.kind, u.debit_id, u.credit_id, u.amount, u.asked_amount, u.asked_credit_id,
        d.seq, d.after, c.seq, c.after, p_now, u.booked_date, u.actor_id, u.memo, u.reverses_id, u.hold_id
    FROM u LEFT JOIN run AS d ON d.n = u.n AND d.delta < 0 LEFT JOIN run AS c ON c.n = u.n AND c.delta > 0 ORDER BY u.n
    RETURNING id
  ), first_short AS (
    SELECT after - low - delta AS available, low - after AS short FROM run WHERE delta < 0 AND after < low ORDER BY n LIMIT 1
  )
  SELECT array_agg(id ORDER BY id), (SELECT available FROM first_short), (SELECT short FROM first_short),
    (SELECT min(n) FROM run WHERE kind = 6 AND after > 0)
  INTO v_ids, v_available, v_short, v_over FROM ins;
  IF v_short IS NOT NULL THEN
    RAISE EXCEPTION 'an account has too little' USING ERRCODE = 'LG001',
      DETAIL = format('available=%s short=%s', v_available, v_short);
  END IF;
  IF v_over IS NOT NULL THEN
    RAISE EXCEPTION 'more than is owed' USING ERRCODE = 'LG011';
  END IF;

  UPDATE ledger_account AS a
  SET balance = a.balance + t.delta, seq = a.seq + t.n, held = a.held - t.free, last_booked = greatest(a.last_booked, t.day)
  FROM (
    SELECT account_id, sum(delta)::bigint AS delta, count(*) AS n, sum(free)::bigint AS free, max(day) AS day
    FROM (
      SELECT debit_id AS account_id, -amount AS delta, free, booked_date AS day FROM unnest(p)
      UNION ALL SELECT credit_id, amount, 0, booked_date FROM unnest(p)
    ) AS leg GROUP BY account_id
  ) AS t
  WHERE a.id = t.account_id AND a.keeps_balance;
  RETURN v_ids;
END $$;

-- One request after the other, where a cap, a recovery or a later date makes a line depend on the lines before it.
CREATE FUNCTION ledger_plan(p ledger_request[], p_now timestamptz) RETURNS ledger_planned[]
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  l record;
  v_acc bigint[]; v_bal bigint[]; v_last date[];
  v_out ledger_planned[] := '{}';
  v_over bigint; v_repaid bigint; v_main bigint; v_day date;
BEGIN
  SELECT array_agg(a.id), array_agg(a.balance), array_agg(a.last_booked) INTO v_acc, v_bal, v_last
  FROM ledger_account AS a
  WHERE a.keeps_balance AND a.id IN (
    SELECT debit_id FROM unnest(p) UNION SELECT credit_id FROM unnest(p)
    UNION SELECT c.recovery_id FROM ledger_account AS c WHERE c.id IN (SELECT credit_id FROM unnest(p))
    UNION SELECT s.id FROM ledger_account AS s WHERE s.number = 'fund' AND s.book_id IN (SELECT book_id FROM unnest(p))
  );
  FOR l IN
    WITH at AS MATERIALIZED (SELECT id, ix::int FROM unnest(v_acc) WITH ORDINALITY AS x (id, ix))
    SELECT u.*, 8 * (row_number() OVER (PARTITION BY u.book_id, u.reference ORDER BY u.n) - 1) AS line,
      c.cap, c.recovery_id, f.id AS fund_id, d_at.ix AS d, c_at.ix AS c, r_at.ix AS r, f_at.ix AS f, coalesce(h.amount, 0) AS free,
      greatest((p_now AT TIME ZONE b.time_zone)::date, b.closed_through + 1) AS day
    FROM unnest(p) WITH ORDINALITY AS u (book_id, reference, kind, debit_id, credit_id, amount, actor_id, memo, hold_id, n)
    JOIN ledger_book AS b ON b.id = u.book_id
    JOIN ledger_account AS c ON c.id = u.credit_id
    JOIN ledger_account AS f ON f.book_id = u.book_id AND f.number = 'fund'
    LEFT JOIN ledger_hold AS h ON h.id = u.hold_id
    LEFT JOIN at AS d_at ON d_at.id = u.debit_id
    LEFT JOIN at AS c_at ON c_at.id = u.credit_id
    LEFT JOIN at AS r_at ON r_at.id = c.recovery_id
    LEFT JOIN at AS f_at ON f_at.id = f.id
    ORDER BY u.n
  LOOP
    v_over := 0;
    v_repaid := 0;
    IF l.kind BETWEEN 10 AND 29 THEN
      IF l.r IS NOT NULL THEN
        v_repaid := least(l.amount, -v_bal[l.r]);
      END IF;
      IF l.kind <= 19 AND l.cap IS NOT NULL THEN
        v_over := greatest(0, least(l.amount - v_repaid, v_bal[l.c] + l.amount - v_repaid - l.cap));
      END IF;
    END IF;
    v_main := l.amount - v_over;
    v_day := greatest(l.day, v_last[l.d], CASE WHEN v_main > 0 THEN v_last[l.c] END,
                      CASE WHEN v_over > 0 THEN v_last[l.f] END, CASE WHEN v_repaid > 0 THEN v_last[l.r] END);
    IF l.d IS NOT NULL THEN
      v_bal[l.d] := v_bal[l.d] - l.amount;
      v_last[l.d] := v_day;
    END IF;
    IF v_main > 0 AND l.c IS NOT NULL THEN
      v_bal[l.c] := v_bal[l.c] + v_main - v_repaid;
      v_last[l.c] := v_day;
    END IF;
    IF v_over > 0 THEN
      v_bal[l.f] := v_bal[l.f] + v_over;
      v_last[l.f] := v_day;
    END IF;
    IF v_repaid > 0 THEN
      v_bal[l.r] := v_bal[l.r] + v_repaid;
      v_last[l.r] := v_day;
    END IF;
    v_out := array_append(v_out, ROW(l.n, l.line, l.book_id, l.reference, l.kind, l.debit_id,
      CASE WHEN v_main > 0 THEN l.credit_id ELSE l.fund_id END, CASE WHEN v_main > 0 THEN v_main ELSE l.amount END,
      CASE WHEN v_main > 0 AND v_over > 0 THEN l.amount END, CASE WHEN v_main = 0 THEN l.credit_id END,
      l.actor_id, coalesce(l.memo, 0), l.hold_id, l.free, NULL, v_day)::ledger_planned);
    IF v_over > 0 AND v_main > 0 THEN
      v_out := array_append(v_out, ROW(l.n, l.line + 1, l.book_id, l.reference, 90, l.debit_id, l.fund_id, v_over,
        NULL, NULL, l.actor_id, 0, NULL, 0, NULL, v_day)::ledger_planned);
    END IF;
    IF v_repaid > 0 THEN
      v_out := array_append(v_out, ROW(l.n, l.line + 2, l.book_id, l.reference, 91, l.credit_id, l.recovery_id, v_repaid,
        NULL, NULL, l.actor_id, 0, NULL, 0, NULL, v_day)::ledger_planned);
    END IF;
  END LOOP;
  RETURN v_out;
END $$;

-- Locks what the requests touch: accounts by id, funds after them, recoveries last and always under their owner's lock.
-- Answers whether the lines depend on each other, so that they must be planned one by one.
CREATE FUNCTION ledger_lock(p ledger_request[], p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_touched bigint[]; v_owes bigint[]; v_over bigint[];
  v_capped boolean; v_owing boolean; v_funds boolean; v_recoveries boolean; v_late boolean;
BEGIN
  SELECT array_agg(id) INTO v_touched FROM (SELECT debit_id AS id FROM unnest(p) UNION SELECT credit_id FROM unnest(p)) AS t;
  PERFORM FROM ledger_account AS a
  WHERE a.keeps_balance AND a.kind NOT IN (2, 6) AND a.id IN (
    SELECT unnest(v_touched)
    UNION ALL SELECT r.owner_id FROM ledger_account AS r WHERE r.id = ANY (v_touched) AND r.kind = 6
  ) ORDER BY a.id FOR NO KEY UPDATE;
  -- Most calls meet no cap, recovery or fund: what none of the accounts has is not looked for request by request.
  SELECT bool_or(a.cap IS NOT NULL), bool_or(a.recovery_id IS NOT NULL), bool_or(a.kind = 2), bool_or(a.kind = 6)
  INTO v_capped, v_owing, v_funds, v_recoveries
  FROM ledger_account AS a WHERE a.id = ANY (v_touched);
  -- No order of the lines can bring a wallet over its cap unless all their credits together do.
  IF v_capped THEN
    SELECT array_agg(DISTINCT a.book_id) INTO v_over
    FROM (
      SELECT credit_id, sum(amount) AS credits FROM unnest(p) GROUP BY credit_id HAVING bool_or(kind BETWEEN 10 AND 19)
    ) AS t
    JOIN ledger_account AS a ON a.id = t.credit_id
    WHERE a.cap IS NOT NULL AND a.balance + t.credits > a.cap;
  END IF;
  IF v_funds OR v_recoveries OR v_over IS NOT NULL THEN
    PERFORM FROM ledger_account AS a
    WHERE a.kind = 2 AND (
      a.id = ANY (v_touched) OR (a.book_id = ANY (v_over) AND a.number = 'fund')
      OR a.id IN (SELECT r.owner_id FROM ledger_account AS r WHERE r.id = ANY (v_touched) AND r.kind = 6)
    ) ORDER BY a.id FOR NO KEY UPDATE;
  END IF;
  IF v_owing OR v_funds THEN  -- a fund may have come to owe while its lock was waited for
    SELECT array_agg(c.recovery_id) INTO v_owes
    FROM ledger_account AS c
    WHERE c.recovery_id IS NOT NULL AND c.id IN (SELECT credit_id FROM unnest(p) WHERE kind BETWEEN 10 AND 29);
  END IF;
  IF v_recoveries OR v_owes IS NOT NULL THEN
    PERFORM FROM ledger_account AS a
    WHERE a.kind = 6 AND (a.id = ANY (v_touched) OR a.id = ANY (v_owes)) ORDER BY a.id FOR NO KEY UPDATE;
  END IF;

  SELECT EXISTS (
    SELECT FROM ledger_account AS a JOIN ledger_book AS b ON b.id = a.book_id
    WHERE a.id = ANY (v_touched) AND a.last_booked > greatest((p_now AT TIME ZONE b.time_zone)::date, b.closed_through + 1)
  ) INTO v_late;
  RETURN v_late OR v_over IS NOT NULL OR v_owes IS NOT NULL;
END $$;

CREATE FUNCTION ledger_post_many(p ledger_request[], p_now timestamptz)
RETURNS TABLE (entry_id bigint, to_credit bigint, overflow bigint, repaid bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
SET work_mem = '64MB' AS $$
DECLARE
  v_by_one boolean; v_known boolean; v_held boolean; v_rises boolean; v_ord bigint;
  v_rest ledger_request[]; v_lines ledger_planned[]; v_ids bigint[];
  v_unknown bigint; v_misfit bigint; v_paused bigint;
BEGIN
  LOCK TABLE ledger_journalentry IN ROW EXCLUSIVE MODE;
  IF coalesce(cardinality(p), 0) = 0 THEN
    RETURN;
  END IF;
  IF cardinality(p) > 100000 OR p_now IS NULL OR EXISTS (
    SELECT FROM unnest(p) AS u
    WHERE (u.amount BETWEEN 1 AND 1000000000000 AND u.debit_id <> u.credit_id AND char_length(u.reference) BETWEEN 1 AND 120) IS NOT TRUE
  ) THEN
    RAISE EXCEPTION 'a request is malformed, or there are over 100,000' USING ERRCODE = 'LG007';
  END IF;
  v_by_one := ledger_lock(p, p_now);

  -- The subquery stands in the list so that it stays an index probe, however large the table.
  SELECT bool_or((SELECT true FROM ledger_journalentry AS e
                  WHERE e.book_id = u.book_id AND e.reference = u.reference AND e.line = 0)),
    count(*) FILTER (WHERE d.id IS NULL OR c.id IS NULL),
    count(*) FILTER (WHERE ledger_kind_fits(u.kind, d.kind, c.kind) IS NOT TRUE),
    count(*) FILTER (WHERE u.kind BETWEEN 20 AND 49 AND b.spending_paused_at IS NOT NULL),
    bool_or(u.hold_id IS NOT NULL)
  INTO v_known, v_unknown, v_misfit, v_paused, v_held
  FROM unnest(p) AS u
  LEFT JOIN ledger_book AS b ON b.id = u.book_id
  LEFT JOIN ledger_account AS d ON d.id = u.debit_id AND d.book_id = u.book_id
  LEFT JOIN ledger_account AS c ON c.id = u.credit_id AND c.book_id = u.book_id;
  IF v_known THEN
    SELECT array_agg(ROW(u.book_id, u.reference, u.kind, u.debit_id, u.credit_id, u.amount, u.actor_id, u.memo,
                         u.hold_id)::ledger_request ORDER BY u.n) INTO v_rest
    FROM unnest(p) WITH ORDINALITY AS u (book_id, reference, kind, debit_id, credit_id, amount, actor_id, memo, hold_id, n)
    WHERE NOT EXISTS (SELECT FROM ledger_known(p) AS k WHERE k.ord = u.n);
    RETURN QUERY
    WITH known AS MATERIALIZED (SELECT * FROM ledger_known(p)),
    fresh AS MATERIALIZED (SELECT * FROM ledger_post_many(v_rest, p_now) WITH ORDINALITY AS t (entry_id, to_credit, overflow, repaid, nth)),
    place AS (
      SELECT n, row_number() OVER (ORDER BY n) AS nth FROM generate_series(1, cardinality(p)) AS n
      WHERE n NOT IN (SELECT k.ord FROM known AS k)
    )
    SELECT x.entry_id, x.to_credit, x.overflow, x.repaid
    FROM (
      SELECT k.ord AS n, k.entry_id, k.to_credit, k.overflow, k.repaid FROM known AS k
      UNION ALL SELECT place.n, f.entry_id, f.to_credit, f.overflow, f.repaid FROM place JOIN fresh AS f USING (nth)
    ) AS x ORDER BY x.n;
    RETURN;
  END IF;

  IF v_unknown > 0 THEN
    RAISE EXCEPTION 'an account is unknown in its book' USING ERRCODE = 'LG004';
  ELSIF v_misfit > 0 THEN
    RAISE EXCEPTION 'a kind does not run between its accounts' USING ERRCODE = 'LG008';
  ELSIF v_paused > 0 THEN
    RAISE EXCEPTION 'spending is paused in a book' USING ERRCODE = 'LG009';
  END IF;

  IF v_held THEN
    PERFORM FROM ledger_hold WHERE id IN (SELECT u.hold_id FROM unnest(p) AS u) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
      SELECT FROM unnest(p) AS u LEFT JOIN ledger_hold AS h ON h.id = u.hold_id
      WHERE u.hold_id IS NOT NULL AND (u.amount > h.amount OR (h.book_id, h.debit_id, h.kind, h.status, coalesce(h.credit_id, u.credit_id))
        IS DISTINCT FROM (u.book_id, u.debit_id, u.kind, 0::smallint, u.credit_id))
    ) OR (SELECT count(u.hold_id) <> count(DISTINCT u.hold_id) FROM unnest(p) AS u) THEN
      RAISE EXCEPTION 'a hold does not fit or has ended' USING ERRCODE = 'LG003';
    END IF;
    UPDATE ledger_hold SET status = 1, ended_at = p_now WHERE id IN (SELECT u.hold_id FROM unnest(p) AS u);
  END IF;

  IF v_by_one THEN
    v_lines := ledger_plan(p, p_now);
  ELSE
    SELECT array_agg(ROW(u.n, u.line, u.book_id, u.reference, u.kind, u.debit_id, u.credit_id, u.amount, NULL, NULL,
        u.actor_id, coalesce(u.memo, 0), u.hold_id, u.free, NULL, u.day)::ledger_planned ORDER BY u.n) INTO v_lines
    FROM (
      SELECT t.*, 8 * (row_number() OVER (PARTITION BY t.book_id, t.reference ORDER BY t.n) - 1) AS line,
        coalesce(h.amount, 0) AS free, greatest((p_now AT TIME ZONE b.time_zone)::date, b.closed_through + 1) AS day
      FROM unnest(p) WITH ORDINALITY AS t (book_id, reference, kind, debit_id, credit_id, amount, actor_id, memo, hold_id, n)
      JOIN ledger_book AS b ON b.id = t.book_id
      LEFT JOIN ledger_hold AS h ON h.id = t.hold_id
    ) AS u;
  END IF;
  -- Who pays more than once, or is paid too, while a floor rises with what comes in: there each request waits for the last.
  SELECT EXISTS (
    SELECT FROM (SELECT DISTINCT u.debit_id FROM unnest(p) AS u) AS d
    JOIN ledger_account AS a ON a.id = d.debit_id AND a.floor_target IS NOT NULL
    WHERE (SELECT count(*) FROM unnest(p) AS u WHERE a.id IN (u.debit_id, u.credit_id)) > 1
  ) INTO v_rises;
  BEGIN
    IF v_rises THEN
      FOR v_ord IN SELECT DISTINCT t.ord FROM unnest(v_lines) AS t ORDER BY t.ord LOOP
        v_ids := v_ids || ledger_write(ARRAY(SELECT t FROM unnest(v_lines) AS t WHERE t.ord = v_ord ORDER BY t.line), p_now);
      END LOOP;
    ELSE
      v_ids := ledger_write(v_lines, p_now);
    END IF;
  EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'a reference was used for something else' USING ERRCODE = 'LG002';
  END;
  IF cardinality(v_lines) = cardinality(p) THEN  -- a line a request, as mostly: nothing to sum, 4 % of a large call
    RETURN QUERY
    SELECT v_ids[t.n], CASE WHEN t.asked_credit_id IS NULL THEN t.amount ELSE 0 END,
      CASE WHEN t.asked_credit_id IS NULL THEN 0 ELSE t.amount END, 0::bigint
    FROM unnest(v_lines) WITH ORDINALITY AS t (ord, line, book_id, reference, kind, debit_id, credit_id, amount, asked_amount,
      asked_credit_id, actor_id, memo, hold_id, free, reverses_id, booked_date, n);
    RETURN;
  END IF;
  RETURN QUERY
  SELECT min(v_ids[t.n]) FILTER (WHERE t.line % 8 = 0),
    coalesce(sum(t.amount) FILTER (WHERE t.line % 8 = 0 AND t.asked_credit_id IS NULL), 0)::bigint,
    coalesce(sum(t.amount) FILTER (WHERE t.line % 8 = 1 OR t.asked_credit_id IS NOT NULL), 0)::bigint,
    coalesce(sum(t.amount) FILTER (WHERE t.line % 8 = 2), 0)::bigint
  FROM unnest(v_lines) WITH ORDINALITY AS t (ord, line, book_id, reference, kind, debit_id, credit_id, amount, asked_amount,
    asked_credit_id, actor_id, memo, hold_id, free, reverses_id, booked_date, n)
  GROUP BY t.ord ORDER BY t.ord;
END $$;
