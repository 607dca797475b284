"""What a learner types and sees: check, watch, hint, can, train; verdicts on screen and page."""
