"""One file that holds everything, and the way back: what the commands ``backup`` and ``restore`` do."""
