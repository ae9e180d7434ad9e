"""What a shift is born with: the secret behind its rotating QR code, and the code word said aloud."""

import secrets

WORD_CODE_DIGITS = 6


def new_secret() -> str:
    """256 random bits as hexadecimal digits."""
    return secrets.token_hex(32)


def new_word_code() -> str:
    """Six digits to be said aloud or written on the board; five wrong tries lock the resident out for 15 minutes."""
    return f"{secrets.randbelow(10**WORD_CODE_DIGITS):0{WORD_CODE_DIGITS}d}"
