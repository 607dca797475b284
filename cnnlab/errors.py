"""The error for missing images and for training that cannot go on."""


class LabError(Exception):
    """Something cannot be done. The message says why, and what to do."""
