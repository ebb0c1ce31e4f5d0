"""Standardization: facts as filed become fundamentals, one row per quarter and version, point in time."""
