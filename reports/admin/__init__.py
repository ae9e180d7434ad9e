"""The auditor's admin: the models of ledger, accounts, audit and notifications, to be read within one's grants."""

from reports.admin import books, entries, ledger, people

__all__ = ["books", "entries", "ledger", "people"]
