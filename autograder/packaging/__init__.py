"""What computers and platforms do to files on their way from a learner, and how it is undone.

Everything that takes files in uses it: grading, `autograder collect`, lists of students.
"""
