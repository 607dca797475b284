"""What learners import: digits, figures, training; nothing here judges."""
