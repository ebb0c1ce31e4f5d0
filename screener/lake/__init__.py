"""The data set on disk: its schema, its manifest, atomic versions and locked-down DuckDB connections."""
