"""From a submission to a verdict: what is handed in, how it is compared, what is said of it.

The same code judges on a learner's machine and for marks; a learner gets all of it.
"""
