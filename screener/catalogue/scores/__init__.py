"""The composite scores: one module each, every term a metric of its own."""
