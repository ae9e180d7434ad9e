-- Between the books of two communities. Each has a clearing account for the other; a transfer is one line in either book,
-- both or none, so that what a clearing account shows, its partner's shows with the other sign.

-- Opens the pair, or answers the one that there is: first p_book's account for p_partner, then p_partner's for p_book.
CREATE FUNCTION ledger_open_clearing(p_book bigint, p_partner bigint, p_now timestamptz) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_units text[]; v_pair bigint[]; v_fixed bigint;
BEGIN
  IF (p_book <> p_partner AND p_now IS NOT NULL) IS NOT TRUE THEN
    RAISE EXCEPTION 'a book has no clearing account for itself' USING ERRCODE = 'LG007';
  END IF;
  PERFORM FROM ledger_book WHERE id IN (p_book, p_partner) ORDER BY id FOR NO KEY UPDATE;
  SELECT array_agg(unit ORDER BY id = p_partner) INTO v_units FROM ledger_book WHERE id IN (p_book, p_partner);
  IF coalesce(cardinality(v_units), 0) <> 2 THEN
    RAISE EXCEPTION 'book % or % is unknown', p_book, p_partner USING ERRCODE = 'LG004';
  ELSIF v_units[1] <> v_units[2] THEN
    RAISE EXCEPTION 'books % and % count in different units', p_book, p_partner USING ERRCODE = 'LG013',
      DETAIL = to_json(v_units)::text;
  END IF;
  INSERT INTO ledger_account (book_id, partner_id, kind, number, keeps_balance, balance, held, seq, opened_at)
    SELECT book, partner, 10, 'clearing:' || partner, false, 0, 0, 0, p_now
    FROM (VALUES (p_book, p_partner), (p_partner, p_book)) AS pair (book, partner)
    ON CONFLICT DO NOTHING;
  SELECT array_agg(id ORDER BY book_id = p_partner) INTO v_pair
  FROM ledger_account WHERE (book_id, partner_id) IN ((p_book, p_partner), (p_partner, p_book));
  -- Nothing was posted to them before the newest checkpoint, so their balance need not be read from the first entry on.
  SELECT max(last_id) INTO v_fixed FROM ledger_checkpoint;
  IF v_fixed IS NOT NULL THEN
    INSERT INTO ledger_checkpoint (account_id, last_id, balance, lines, made_at)
      SELECT a, v_fixed, 0, 0, p_now FROM unnest(v_pair) AS a
      WHERE NOT EXISTS (SELECT FROM ledger_checkpoint AS c WHERE c.account_id = a)
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN v_pair;
END $$;

-- Dr payer, Cr clearing in the payer's book; Dr clearing, Cr payee in the payee's: one reference in both, kind 41.
-- p_hold: coins of the payer that were set aside for it. Locks as a posting does: accounts by id, then the hold.
CREATE FUNCTION ledger_post_transfer(
  p_payer bigint, p_payee bigint, p_reference text, p_amount bigint, p_now timestamptz, p_actor bigint, p_hold bigint,
  OUT sent_id bigint, OUT received_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  a ledger_account; b ledger_account;
  c_a bigint; c_b bigint;
  h ledger_hold;
  v_paused bigint[]; v_known bigint; v_free bigint := 0; v_available bigint; v_day_a date; v_day_b date; v_ids bigint[];
BEGIN
  LOCK TABLE ledger_journalentry IN ROW EXCLUSIVE MODE;
  IF (p_amount BETWEEN 1 AND 1000000000000 AND p_payer <> p_payee AND char_length(p_reference) BETWEEN 1 AND 120
      AND p_now IS NOT NULL) IS NOT TRUE THEN
    RAISE EXCEPTION 'transfer % is malformed', p_reference USING ERRCODE = 'LG007';
  END IF;
  PERFORM FROM ledger_account WHERE id IN (p_payer, p_payee) AND keeps_balance ORDER BY id FOR NO KEY UPDATE;
  SELECT * INTO a FROM ledger_account WHERE id = p_payer;
  SELECT * INTO b FROM ledger_account WHERE id = p_payee;
  SELECT id INTO c_a FROM ledger_account WHERE book_id = a.book_id AND partner_id = b.book_id;
  SELECT id INTO c_b FROM ledger_account WHERE book_id = b.book_id AND partner_id = a.book_id;

  SELECT count(*), max(e.id) FILTER (WHERE (e.book_id, e.kind, e.debit_id, e.credit_id, e.amount, e.line)
      = (a.book_id, 41, p_payer, c_a, p_amount, 0) AND e.hold_id IS NOT DISTINCT FROM p_hold),
    max(e.id) FILTER (WHERE (e.book_id, e.kind, e.debit_id, e.credit_id, e.amount, e.line)
      = (b.book_id, 41, c_b, p_payee, p_amount, 0))
  INTO v_known, sent_id, received_id
  FROM ledger_journalentry AS e WHERE e.book_id IN (a.book_id, b.book_id) AND e.reference = p_reference;
  IF v_known = 2 AND sent_id IS NOT NULL AND received_id IS NOT NULL THEN
    RETURN;
  ELSIF v_known > 0 THEN
    RAISE EXCEPTION 'reference % was used for something else', p_reference USING ERRCODE = 'LG002';
  END IF;

  IF a.id IS NULL OR b.id IS NULL THEN
    RAISE EXCEPTION 'an account is unknown' USING ERRCODE = 'LG004';
  ELSIF a.kind <> 1 OR b.kind <> 1 OR a.book_id = b.book_id THEN
    RAISE EXCEPTION 'a transfer runs between wallets of two books' USING ERRCODE = 'LG008';
  ELSIF c_a IS NULL OR c_b IS NULL THEN
    RAISE EXCEPTION 'books % and % have no clearing accounts', a.book_id, b.book_id USING ERRCODE = 'LG014';
  END IF;
  SELECT array_agg(id) INTO v_paused FROM ledger_book WHERE id IN (a.book_id, b.book_id) AND spending_paused_at IS NOT NULL;
  IF a.book_id = ANY (v_paused) THEN
    RAISE EXCEPTION 'spending is paused in book %', a.book_id USING ERRCODE = 'LG009';
  ELSIF b.book_id = ANY (v_paused) THEN
    RAISE EXCEPTION 'spending is paused in the other book, %', b.book_id USING ERRCODE = 'LG015';
  END IF;

  IF p_hold IS NOT NULL THEN
    SELECT * INTO h FROM ledger_hold WHERE id = p_hold FOR NO KEY UPDATE;
    IF (h.book_id, h.debit_id, h.kind, h.status, coalesce(h.credit_id, c_a))
       IS DISTINCT FROM (a.book_id, p_payer, 41::smallint, 0::smallint, c_a) OR p_amount > h.amount THEN
      RAISE EXCEPTION 'hold % does not fit or has ended', p_hold USING ERRCODE = 'LG003';
    END IF;
    UPDATE ledger_hold SET status = 1, ended_at = p_now WHERE id = p_hold;
    v_free := h.amount;
  END IF;
  v_available := a.balance - a.held + v_free - a.floor;
  IF p_amount > v_available THEN
    RAISE EXCEPTION 'account % has too little', p_payer USING ERRCODE = 'LG001',
      DETAIL = format('available=%s short=%s', v_available, p_amount - v_available);
  END IF;

  SELECT greatest((p_now AT TIME ZONE time_zone)::date, closed_through + 1, a.last_booked) INTO v_day_a
  FROM ledger_book WHERE id = a.book_id;
  SELECT greatest((p_now AT TIME ZONE time_zone)::date, closed_through + 1, b.last_booked) INTO v_day_b
  FROM ledger_book WHERE id = b.book_id;
  UPDATE ledger_account SET balance = a.balance - p_amount, seq = a.seq + 1, held = a.held - v_free, last_booked = v_day_a
    WHERE id = p_payer;
  UPDATE ledger_account SET balance = b.balance + p_amount, seq = b.seq + 1, last_booked = v_day_b WHERE id = p_payee;
  -- By book, so that two that race for one reference in opposite directions meet at the same line first.
  WITH line AS (
    INSERT INTO ledger_journalentry (book_id, reference, line, kind, debit_id, credit_id, amount, debit_seq, debit_after,
        credit_seq, credit_after, posted_at, booked_date, actor_id, memo, hold_id)
    SELECT book, p_reference, 0, 41, debit, credit, p_amount, debit_seq, debit_after, credit_seq, credit_after, p_now, day,
      p_actor, 0, hold
    FROM (VALUES
      (a.book_id, p_payer, c_a, a.seq + 1, a.balance - p_amount, NULL, NULL, v_day_a, p_hold),
      (b.book_id, c_b, p_payee, NULL, NULL, b.seq + 1, b.balance + p_amount, v_day_b, NULL)
    ) AS half (book, debit, credit, debit_seq, debit_after, credit_seq, credit_after, day, hold)
    ORDER BY book
    ON CONFLICT (book_id, reference, line) DO NOTHING
    RETURNING id, book_id
  )
  SELECT array_agg(id ORDER BY book_id = b.book_id) INTO v_ids FROM line;
  IF coalesce(cardinality(v_ids), 0) <> 2 THEN
    RAISE EXCEPTION 'reference % was used for something else', p_reference USING ERRCODE = 'LG002';
  END IF;
  sent_id := v_ids[1];
  received_id := v_ids[2];
END $$;
