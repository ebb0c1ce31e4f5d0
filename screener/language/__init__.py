"""The screen language: YAML with positions, expressions, and screens whose names are looked up."""
