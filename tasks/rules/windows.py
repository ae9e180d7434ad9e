"""When one can check in and out. Pure."""

from datetime import timedelta

OPENS_BEFORE = timedelta(minutes=30)  # check-in and ticking open this long before the start
CHECK_OUT_UNTIL = timedelta(hours=2)  # after the end one can still check out
SEEN_FOR = timedelta(minutes=10)  # a code that was good when scanned: time to sign in and press the button
BURST = timedelta(seconds=5)  # check-ins from one address closer than this are flagged
