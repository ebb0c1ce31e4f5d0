"""The groups of metrics, a module each: rows that are read across."""
