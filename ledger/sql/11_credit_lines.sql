-- A credit line is a floor below 0. A narrower line never fails: a wallet that stands below it keeps its floor where it
-- stands, with the line in floor_target, and the floor rises with whatever comes in, so that nothing is borrowed anew.

CREATE FUNCTION ledger_raise_floor() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.floor := greatest(NEW.floor, least(NEW.floor_target, NEW.balance - NEW.held));
  IF NEW.floor >= NEW.floor_target THEN
    NEW.floor_target := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_floor_rises BEFORE UPDATE ON ledger_account
FOR EACH ROW WHEN (NEW.floor_target IS NOT NULL) EXECUTE FUNCTION ledger_raise_floor();

-- One line for many wallets. Answers how many stand below it for now.
CREATE FUNCTION ledger_set_credit_line(p_accounts bigint[], p_line bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_below bigint;
BEGIN
  IF (p_line BETWEEN 0 AND 1000000000000) IS NOT TRUE THEN
    RAISE EXCEPTION 'a credit line is 0 or more' USING ERRCODE = 'LG007';
  END IF;
  PERFORM FROM ledger_account WHERE id = ANY (p_accounts) AND kind = 1 ORDER BY id FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM ledger_account WHERE id = ANY (p_accounts) AND kind = 1)
     <> (SELECT count(DISTINCT x) FROM unnest(p_accounts) AS x) THEN
    RAISE EXCEPTION 'an account is not a wallet' USING ERRCODE = 'LG004';
  END IF;
  WITH changed AS (
    UPDATE ledger_account SET floor = least(-p_line, balance - held), floor_target = -p_line
    WHERE id = ANY (p_accounts) AND (floor, floor_target) IS DISTINCT FROM (-p_line, NULL)
    RETURNING floor_target
  )
  SELECT count(floor_target) INTO v_below FROM changed;
  RETURN v_below;
END $$;
