"""The demo data: companies that do not exist, drawn by a seeded generator, with the field's traps planted."""
