"""A local page on which one draws a digit, and the learner's own network reads it."""
