"""Turns a submission into a verdict: takes in the files, runs the checks, finds the message.

`make check` and grading use the same code, and the handout contains all of it.
"""
