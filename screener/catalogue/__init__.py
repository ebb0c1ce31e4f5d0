"""The catalogue: line items, metrics, fields, functions, units and sectors, all as table rows."""
