-- Expiry without rows for lots: whoever spends spends the oldest coins first, so what is left of the credits up to a day is
-- all that is left less the credits since. That is DESIGN's "credits up to the day − all debits − active holds", with the
-- balance in the place of the sums, and one look at the newer credits instead of at all lines.
--
-- A reversed line and its mirror count as if neither had been: a seat given back has its coins back at their old age, as a
-- released hold has, and hours entered by mistake make no older coin younger. Only a reversed expiry starts anew: at their
-- old age the coins would be taken again. What a recovery lends is a credit of its day, and what repays it a debit.

-- What each wallet would lose if its credits booked up to and on p_through expired now; p_accounts NULL: all of the book.
-- One pass over the newer credits, joined by hash: a probe for each wallet would hang on what the planner believes of them.
CREATE FUNCTION ledger_due_to_expire(p_book bigint, p_accounts bigint[], p_through date)
RETURNS TABLE (account_id bigint, due bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_nestloop = off AS $$
BEGIN
  RETURN QUERY
  WITH newer AS MATERIALIZED (
    SELECT e.credit_id AS id, sum(e.amount)::bigint AS amount FROM ledger_journalentry AS e
    WHERE e.book_id = p_book AND e.booked_date > p_through AND e.credit_seq IS NOT NULL
      AND (p_accounts IS NULL OR e.credit_id = ANY (p_accounts)) AND CASE
        WHEN e.kind = 93 THEN (SELECT o.kind FROM ledger_journalentry AS o WHERE o.id = e.reverses_id) = 60
        ELSE NOT EXISTS (SELECT FROM ledger_journalentry AS m WHERE m.reverses_id = e.id) END
    GROUP BY e.credit_id
  )
  SELECT a.id, a.balance - a.held - greatest(n.amount, 0)
  FROM ledger_account AS a LEFT JOIN newer AS n USING (id)
  WHERE a.book_id = p_book AND a.kind = 1 AND (p_accounts IS NULL OR a.id = ANY (p_accounts))
    AND a.balance - a.held > greatest(n.amount, 0)
  ORDER BY a.id;
END $$;

-- Takes it: of each wallet at most p_most, once a wallet and day, all in one go. Answers what was taken now.
CREATE FUNCTION ledger_expire_coins(
  p_book bigint, p_day date, p_through date, p_accounts bigint[], p_most bigint[], p_now timestamptz
) RETURNS TABLE (account_id bigint, taken bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_requests ledger_request[];
  v_expired bigint;
BEGIN
  LOCK TABLE ledger_journalentry IN ROW EXCLUSIVE MODE;
  SELECT a.id INTO v_expired FROM ledger_account AS a WHERE a.book_id = p_book AND a.number = 'expired';
  IF v_expired IS NULL THEN
    RAISE EXCEPTION 'book % is unknown', p_book USING ERRCODE = 'LG004';
  ELSIF (p_through < p_day AND cardinality(p_accounts) <= 100000 AND cardinality(p_accounts) = cardinality(p_most)
         AND array_position(p_most, NULL) IS NULL
         AND p_day <= (SELECT (p_now AT TIME ZONE b.time_zone)::date FROM ledger_book AS b WHERE b.id = p_book)) IS NOT TRUE THEN
    RAISE EXCEPTION 'nothing can expire so' USING ERRCODE = 'LG007';
  END IF;
  PERFORM FROM ledger_account AS a
  WHERE a.id = ANY (p_accounts) AND a.book_id = p_book AND a.kind = 1 ORDER BY a.id FOR NO KEY UPDATE;
  -- Whoever waited for the locks finds here what their holder took.
  SELECT array_agg(ROW(p_book, t.reference, 60, t.id, v_expired, t.amount, NULL, 0, NULL)::ledger_request ORDER BY t.id)
  INTO v_requests
  FROM (
    SELECT d.account_id AS id, format('expiry:%s-%s', d.account_id, to_char(p_day, 'YYYY-MM-DD')) AS reference,
      least(d.due, m.most) AS amount
    FROM ledger_due_to_expire(p_book, p_accounts, p_through) AS d
    JOIN (SELECT u.id, min(u.most) AS most FROM unnest(p_accounts, p_most) AS u (id, most) GROUP BY u.id) AS m ON m.id = d.account_id
  ) AS t
  WHERE t.amount > 0
    AND (SELECT true FROM ledger_journalentry AS e WHERE e.book_id = p_book AND e.reference = t.reference AND e.line = 0) IS NULL;
  IF v_requests IS NOT NULL THEN
    PERFORM FROM ledger_post_many(v_requests, p_now);
  END IF;
  RETURN QUERY SELECT u.debit_id, u.amount FROM unnest(v_requests) AS u;
END $$;
