"""The pages of courses and seats: the residents' in ``seats``, the staff's in ``staff``."""
