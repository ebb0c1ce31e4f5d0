"""Mappings of vendors' tables: files that say which of their columns is which of our line items."""
