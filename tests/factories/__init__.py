"""Makers of test data, one file an app; the named cast stands in ``cast.py``."""
