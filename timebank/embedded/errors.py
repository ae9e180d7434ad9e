"""The one family of refusals of the set-up."""


class EmbeddedError(Exception):
    """Something about this machine that its reader can mend; the message says how."""
