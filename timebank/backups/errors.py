"""The refusals of backups and restores, for whoever sits at the console."""


class BackupRefused(Exception):
    """What is wrong, and what to do; nothing was changed."""
