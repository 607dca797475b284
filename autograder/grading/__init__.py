"""Judging for marks: the sandbox, the reference beside it, one submission, a batch."""
