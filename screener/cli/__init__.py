"""The command line: one thin command a file; each parses arguments, makes one library call and prints."""
