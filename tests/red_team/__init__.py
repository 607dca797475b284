"""Hostile and broken submissions, by family, for tests/test_red_team.py."""
