"""The package for learners: digits, figures and training. Nothing here gives points."""
