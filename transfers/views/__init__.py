"""The pages of transfers: ``sending`` one, ``standing`` for where it stands, ``staff`` who see all and decide."""
