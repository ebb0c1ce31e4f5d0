"""The outputs: terminal, text formats and spreadsheet, each written from a finished result."""
