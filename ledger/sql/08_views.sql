-- For auditors and tests: two rows an entry; signed_amount = + credit − debit.
CREATE VIEW ledger_lines AS
SELECT e.id AS entry_id, e.book_id AS book, e.debit_id AS account, a.kind AS account_kind, 'debit'::text AS side, e.amount,
  -e.amount AS signed_amount, e.kind, e.reference, e.booked_date, e.posted_at
FROM ledger_journalentry AS e JOIN ledger_account AS a ON a.id = e.debit_id
UNION ALL
SELECT e.id, e.book_id, e.credit_id, a.kind, 'credit'::text, e.amount, e.amount, e.kind, e.reference, e.booked_date, e.posted_at
FROM ledger_journalentry AS e JOIN ledger_account AS a ON a.id = e.credit_id;
