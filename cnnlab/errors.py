"""What is said to a person when pictures cannot be had, or training cannot go on."""


class LabError(Exception):
    """Something cannot be done; the message says why, and what to do about it."""
