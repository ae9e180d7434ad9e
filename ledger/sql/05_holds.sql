-- Holds: coins set aside until they are posted (by a posting that names the hold), released or expired. A hold has no due
-- time: the app that made it ends its own row and the hold in one transaction.

CREATE FUNCTION ledger_hold_coins(
  p_book bigint, p_reference text, p_kind smallint, p_debit bigint, p_credit bigint, p_amount bigint, p_actor bigint, p_now timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  d ledger_account; c ledger_account;
  h ledger_hold;
  v_id bigint;
BEGIN
  IF (p_amount BETWEEN 1 AND 1000000000000 AND p_debit IS DISTINCT FROM p_credit AND char_length(p_reference) BETWEEN 1 AND 120
      AND p_now IS NOT NULL) IS NOT TRUE THEN
    RAISE EXCEPTION 'hold % is malformed', p_reference USING ERRCODE = 'LG007';
  END IF;
  SELECT * INTO d FROM ledger_account WHERE id = p_debit AND keeps_balance FOR NO KEY UPDATE;
  SELECT * INTO h FROM ledger_hold WHERE book_id = p_book AND reference = p_reference;
  IF FOUND THEN
    IF (h.kind, h.debit_id, h.credit_id, h.amount) IS DISTINCT FROM (p_kind, p_debit, p_credit, p_amount) THEN
      RAISE EXCEPTION 'reference % was used for something else', p_reference USING ERRCODE = 'LG002';
    END IF;
    RETURN h.id;
  END IF;
  IF p_credit IS NOT NULL THEN
    SELECT * INTO c FROM ledger_account WHERE id = p_credit AND book_id = p_book;
  END IF;
  IF d.book_id IS DISTINCT FROM p_book OR (p_credit IS NOT NULL AND c.id IS NULL) THEN
    RAISE EXCEPTION 'an account is unknown in book %', p_book USING ERRCODE = 'LG004';
  END IF;
  -- With the payee unknown the answer may be NULL, which is not a refusal.
  IF p_kind NOT BETWEEN 20 AND 49 OR (p_kind = 41 AND (d.kind, c.kind) IS DISTINCT FROM (1::smallint, 10::smallint))
     OR (p_kind <> 41 AND ledger_kind_fits(p_kind, d.kind, c.kind) IS FALSE) THEN
    RAISE EXCEPTION 'kind % cannot be held between these accounts', p_kind USING ERRCODE = 'LG008';
  END IF;
  IF EXISTS (SELECT FROM ledger_book WHERE id = p_book AND spending_paused_at IS NOT NULL) THEN
    RAISE EXCEPTION 'spending is paused in book %', p_book USING ERRCODE = 'LG009';
  END IF;
  IF d.balance - d.held - p_amount < d.floor THEN
    RAISE EXCEPTION 'account % has too little', p_debit USING ERRCODE = 'LG001',
      DETAIL = format('available=%s short=%s', d.balance - d.held - d.floor, p_amount - (d.balance - d.held - d.floor));
  END IF;
  INSERT INTO ledger_hold (book_id, reference, kind, debit_id, credit_id, amount, status, actor_id, held_at)
    VALUES (p_book, p_reference, p_kind, p_debit, p_credit, p_amount, 0, p_actor, p_now)
    ON CONFLICT (book_id, reference) DO NOTHING RETURNING id INTO v_id;
  IF v_id IS NULL THEN
    RAISE EXCEPTION 'reference % was used for something else', p_reference USING ERRCODE = 'LG002';
  END IF;
  UPDATE ledger_account SET held = d.held + p_amount WHERE id = p_debit;
  RETURN v_id;
END $$;

-- Release (2) or expire (3) any number of holds. What ended the same way before counts as done; a release of one that
-- ended otherwise is refused, an expiry passes it over. Answers how many ended now.
CREATE FUNCTION ledger_end_holds(p_holds bigint[], p_status smallint, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_n bigint;
BEGIN
  IF (p_status IN (2, 3) AND p_now IS NOT NULL) IS NOT TRUE THEN
    RAISE EXCEPTION 'release (2) or expire (3)' USING ERRCODE = 'LG007';
  END IF;
  PERFORM FROM ledger_account
    WHERE id IN (SELECT debit_id FROM ledger_hold WHERE id = ANY (p_holds)) ORDER BY id FOR NO KEY UPDATE;
  PERFORM FROM ledger_hold WHERE id = ANY (p_holds) ORDER BY id FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM ledger_hold WHERE id = ANY (p_holds) AND (p_status = 3 OR status IN (0, 2)))
     <> (SELECT count(DISTINCT x) FROM unnest(p_holds) AS x) THEN
    RAISE EXCEPTION 'a hold is unknown or has ended' USING ERRCODE = 'LG003';
  END IF;
  WITH ended AS (
    UPDATE ledger_hold SET status = p_status, ended_at = p_now WHERE id = ANY (p_holds) AND status = 0
    RETURNING debit_id, amount
  ), freed AS (
    UPDATE ledger_account AS a SET held = a.held - e.amount
    FROM (SELECT debit_id, sum(amount)::bigint AS amount FROM ended GROUP BY debit_id) AS e WHERE a.id = e.debit_id
  )
  SELECT count(*) INTO v_n FROM ended;
  RETURN v_n;
END $$;
