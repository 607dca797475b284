"""Undoes what computers and learning platforms do to files on their way from a learner.

Everything that takes in files uses it: grading, `autograder collect`, lists of students.
"""
