"""The sources: SEC bulk files, SimFin bulk files and price files, each read into the same staged tables."""
