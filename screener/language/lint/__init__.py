"""Lint: what a screen says that its author hardly means, told from the screen alone."""
