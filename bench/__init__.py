"""The benchmarks: ``python -m bench [--quick]``. Ratios of one run, since a machine's speed wanders.

``figures`` holds what is measured how often, ``pages`` the pages at town size, ``ledger`` the books, ``weight`` the
first visit. All work on a durable cluster in the data folder's ``bench``, never on anybody's data.
"""
