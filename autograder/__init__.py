"""Learn, judge and grade; CONTRIBUTING.md says what each folder is for."""
