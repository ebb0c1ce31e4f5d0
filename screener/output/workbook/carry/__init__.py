"""Carrying what the user made in a workbook over to the next list: reading it, moving it, joining two packages."""
