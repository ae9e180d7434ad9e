"""The auditor's admin: the models of ledger, accounts, audit and notifications, to be read within one's grants."""

from reports.admin import ledger, people

__all__ = ["ledger", "people"]
