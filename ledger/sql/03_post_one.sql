-- One request: plain variables and cached plans cost a third of the set-based path.
--
-- Locks, in this order: the caller's own rows → ledger_journalentry (ROW EXCLUSIVE) → accounts by id, funds last →
-- recoveries, each under its owner's lock → holds by id. Under READ COMMITTED every statement of a function sees what was
-- committed before it, so whoever waited for an account's lock finds what the holder wrote: a replay is found here,
-- before the floor is looked at, without an exception handler.

-- Answers the requests that were posted before; the others have no row. ord counts from 1.
CREATE FUNCTION ledger_known(p ledger_request[])
RETURNS TABLE (ord bigint, entry_id bigint, to_credit bigint, overflow bigint, repaid bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_split text;
  v_other text;
BEGIN
  SELECT g.reference INTO v_split
  FROM (SELECT u.book_id, u.reference, count(*) AS asked FROM unnest(p) AS u GROUP BY u.book_id, u.reference) AS g
  CROSS JOIN LATERAL (
    SELECT count(*) AS found FROM ledger_journalentry AS e
    WHERE e.book_id = g.book_id AND e.reference = g.reference AND e.line % 8 = 0
  ) AS f
  WHERE f.found NOT IN (0, g.asked) LIMIT 1;
  IF v_split IS NOT NULL THEN
    RAISE EXCEPTION 'reference % was posted with another number of lines', v_split USING ERRCODE = 'LG006';
  END IF;

  SELECT u.reference INTO v_other
  FROM (
    SELECT t.*, 8 * (row_number() OVER (PARTITION BY t.book_id, t.reference ORDER BY t.n) - 1) AS line
    FROM unnest(p) WITH ORDINALITY AS t (book_id, reference, kind, debit_id, credit_id, amount, actor_id, memo, hold_id, n)
  ) AS u
  JOIN ledger_journalentry AS e ON e.book_id = u.book_id AND e.reference = u.reference AND e.line = u.line
  WHERE (e.kind, e.debit_id, coalesce(e.asked_credit_id, e.credit_id), coalesce(e.asked_amount, e.amount), e.hold_id)
    IS DISTINCT FROM (u.kind, u.debit_id, u.credit_id, u.amount, u.hold_id)
  LIMIT 1;
  IF v_other IS NOT NULL THEN
    RAISE EXCEPTION 'reference % was used for something else', v_other USING ERRCODE = 'LG002';
  END IF;

  RETURN QUERY
  SELECT u.n, min(e.id) FILTER (WHERE e.line = u.line),
    coalesce(sum(e.amount) FILTER (WHERE e.line = u.line AND e.asked_credit_id IS NULL), 0)::bigint,
    coalesce(sum(e.amount) FILTER (WHERE e.line = u.line + 1 OR (e.line = u.line AND e.asked_credit_id IS NOT NULL)), 0)::bigint,
    coalesce(sum(e.amount) FILTER (WHERE e.line = u.line + 2), 0)::bigint
  FROM (
    SELECT t.n, t.book_id, t.reference, 8 * (row_number() OVER (PARTITION BY t.book_id, t.reference ORDER BY t.n) - 1) AS line
    FROM unnest(p) WITH ORDINALITY AS t (book_id, reference, kind, debit_id, credit_id, amount, actor_id, memo, hold_id, n)
  ) AS u
  JOIN ledger_journalentry AS e ON e.book_id = u.book_id AND e.reference = u.reference AND e.line BETWEEN u.line AND u.line + 7
  GROUP BY u.n;
END $$;

CREATE FUNCTION ledger_post_one(
  p_book bigint, p_reference text, p_kind smallint, p_debit bigint, p_credit bigint, p_amount bigint,
  p_now timestamptz, p_actor bigint, p_memo smallint, p_hold bigint,
  OUT entry_id bigint, OUT to_credit bigint, OUT overflow bigint, OUT repaid bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  b ledger_book;
  lo ledger_account; hi ledger_account; d ledger_account; c ledger_account;
  f ledger_account; r ledger_account;
  h ledger_hold;
  v_main bigint; v_available bigint; v_free bigint := 0; v_day date;
  v_credit bigint; v_asked_amount bigint; v_asked_credit bigint;
  v_dseq bigint; v_dafter bigint; v_cseq bigint; v_cafter bigint;
BEGIN
  -- Before closed_through is read: closing a month waits for it, so no line falls between two months.
  LOCK TABLE ledger_journalentry IN ROW EXCLUSIVE MODE;
  -- Settling accounts, a write-off above all, locks more than two accounts; the other path knows how.
  IF p_kind >= 60 THEN
    SELECT m.* INTO entry_id, to_credit, overflow, repaid FROM ledger_post_many(ARRAY[
      ROW(p_book, p_reference, p_kind, p_debit, p_credit, p_amount, p_actor, p_memo, p_hold)::ledger_request], p_now) AS m;
    RETURN;
  END IF;
  IF (p_amount BETWEEN 1 AND 1000000000000 AND p_debit <> p_credit AND char_length(p_reference) BETWEEN 1 AND 120
      AND p_now IS NOT NULL) IS NOT TRUE THEN
    RAISE EXCEPTION 'request % is malformed', p_reference USING ERRCODE = 'LG007';
  END IF;

  SELECT * INTO lo FROM ledger_account WHERE id = least(p_debit, p_credit) AND keeps_balance FOR NO KEY UPDATE;
  IF NOT FOUND THEN SELECT * INTO lo FROM ledger_account WHERE id = least(p_debit, p_credit); END IF;
  SELECT * INTO hi FROM ledger_account WHERE id = greatest(p_debit, p_credit) AND keeps_balance FOR NO KEY UPDATE;
  IF NOT FOUND THEN SELECT * INTO hi FROM ledger_account WHERE id = greatest(p_debit, p_credit); END IF;

  PERFORM FROM ledger_journalentry WHERE book_id = p_book AND reference = p_reference AND line = 0;
  IF FOUND THEN
    SELECT k.entry_id, k.to_credit, k.overflow, k.repaid INTO entry_id, to_credit, overflow, repaid FROM ledger_known(ARRAY[
      ROW(p_book, p_reference, p_kind, p_debit, p_credit, p_amount, p_actor, p_memo, p_hold)::ledger_request]) AS k;
    RETURN;
  END IF;

  IF lo.book_id IS DISTINCT FROM p_book OR hi.book_id IS DISTINCT FROM p_book THEN
    RAISE EXCEPTION 'an account is unknown in book %', p_book USING ERRCODE = 'LG004';
  END IF;
  IF p_debit < p_credit THEN d := lo; c := hi; ELSE d := hi; c := lo; END IF;
  IF ledger_kind_fits(p_kind, d.kind, c.kind) IS NOT TRUE THEN
    RAISE EXCEPTION 'kind % does not run between these accounts', p_kind USING ERRCODE = 'LG008';
  END IF;
  SELECT * INTO b FROM ledger_book WHERE id = p_book;
  IF b.spending_paused_at IS NOT NULL AND p_kind BETWEEN 20 AND 49 THEN
    RAISE EXCEPTION 'spending is paused in book %', p_book USING ERRCODE = 'LG009';
  END IF;

  IF p_hold IS NOT NULL THEN
    SELECT * INTO h FROM ledger_hold WHERE id = p_hold FOR NO KEY UPDATE;
    IF (h.book_id, h.debit_id, h.kind, h.status, coalesce(h.credit_id, p_credit))
       IS DISTINCT FROM (p_book, p_debit, p_kind, 0::smallint, p_credit) OR p_amount > h.amount THEN
      RAISE EXCEPTION 'hold % does not fit or has ended', p_hold USING ERRCODE = 'LG003';
    END IF;
    UPDATE ledger_hold SET status = 1, ended_at = p_now WHERE id = p_hold;
    v_free := h.amount;  -- posted in part: the rest is free again
  END IF;

  overflow := 0;
  repaid := 0;
  IF p_kind BETWEEN 10 AND 29 THEN
    IF c.recovery_id IS NOT NULL THEN
      SELECT * INTO r FROM ledger_account WHERE id = c.recovery_id FOR NO KEY UPDATE;
      repaid := least(p_amount, -r.balance);
    END IF;
    IF p_kind <= 19 AND c.cap IS NOT NULL THEN
      overflow := greatest(0, least(p_amount - repaid, c.balance + p_amount - repaid - c.cap));
    END IF;
  END IF;
  IF overflow > 0 THEN
    SELECT * INTO f FROM ledger_account WHERE book_id = p_book AND number = 'fund' FOR NO KEY UPDATE;
  END IF;
  to_credit := p_amount - overflow;
  v_main := CASE WHEN to_credit > 0 THEN to_credit ELSE p_amount END;
  v_credit := CASE WHEN to_credit > 0 THEN p_credit ELSE f.id END;
  v_asked_amount := CASE WHEN v_main < p_amount THEN p_amount END;
  v_asked_credit := CASE WHEN to_credit = 0 THEN p_credit END;
  v_day := greatest((p_now AT TIME ZONE b.time_zone)::date, b.closed_through + 1, d.last_booked,
                    CASE WHEN to_credit > 0 THEN c.last_booked END, f.last_booked,
                    CASE WHEN repaid > 0 THEN r.last_booked END);

  IF d.keeps_balance THEN
    v_dseq := d.seq + 1;
    v_dafter := d.balance - p_amount;
    v_available := d.balance - d.held + v_free - d.floor;
    IF p_amount > v_available THEN
      RAISE EXCEPTION 'account % has too little', p_debit USING ERRCODE = 'LG001',
        DETAIL = format('available=%s short=%s', v_available, p_amount - v_available);
    END IF;
    UPDATE ledger_account SET balance = v_dafter, seq = v_dseq, held = d.held - v_free, last_booked = v_day WHERE id = p_debit;
  END IF;
  IF to_credit = 0 THEN
    v_cseq := f.seq + 1;
    v_cafter := f.balance + p_amount;
    UPDATE ledger_account SET balance = v_cafter, seq = v_cseq, last_booked = v_day WHERE id = f.id;
  ELSIF c.keeps_balance THEN
    v_cseq := c.seq + 1;
    v_cafter := c.balance + to_credit;
    UPDATE ledger_account SET balance = v_cafter - repaid, seq = v_cseq + CASE WHEN repaid > 0 THEN 1 ELSE 0 END,
      last_booked = v_day WHERE id = p_credit;
  END IF;

  -- The same accounts would have met at a lock: a conflict here is the reference raced for by another request.
  INSERT INTO ledger_journalentry (book_id, reference, line, kind, debit_id, credit_id, amount, asked_amount, asked_credit_id,
      debit_seq, debit_after, credit_seq, credit_after, posted_at, booked_date, actor_id, memo, hold_id)
    VALUES (p_book, p_reference, 0, p_kind, p_debit, v_credit, v_main, v_asked_amount, v_asked_credit,
      v_dseq, v_dafter, v_cseq, v_cafter, p_now, v_day, p_actor, coalesce(p_memo, 0), p_hold)
    ON CONFLICT (book_id, reference, line) DO NOTHING
    RETURNING id INTO entry_id;
  IF entry_id IS NULL THEN
    RAISE EXCEPTION 'reference % was used for something else', p_reference USING ERRCODE = 'LG002';
  END IF;
  IF overflow > 0 AND to_credit > 0 THEN
    UPDATE ledger_account SET balance = f.balance + overflow, seq = f.seq + 1, last_booked = v_day WHERE id = f.id;
    INSERT INTO ledger_journalentry (book_id, reference, line, kind, debit_id, credit_id, amount,
        credit_seq, credit_after, posted_at, booked_date, actor_id, memo)
      VALUES (p_book, p_reference, 1, 90, p_debit, f.id, overflow, f.seq + 1, f.balance + overflow, p_now, v_day, p_actor, 0);
  END IF;
  IF repaid > 0 THEN
    UPDATE ledger_account SET balance = r.balance + repaid, seq = r.seq + 1, last_booked = v_day WHERE id = r.id;
    INSERT INTO ledger_journalentry (book_id, reference, line, kind, debit_id, credit_id, amount,
        debit_seq, debit_after, credit_seq, credit_after, posted_at, booked_date, actor_id, memo)
      VALUES (p_book, p_reference, 2, 91, p_credit, r.id, repaid, v_cseq + 1, v_cafter - repaid,
        r.seq + 1, r.balance + repaid, p_now, v_day, p_actor, 0);
  END IF;
END $$;
