"""The rules of ci/tidy."""
