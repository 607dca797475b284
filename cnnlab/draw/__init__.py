"""A local web page: you draw a digit, and your own network reads it."""
