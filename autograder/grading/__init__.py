"""Judging for marks: sandbox, reference, one submission, a batch of submissions."""
