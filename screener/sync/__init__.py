"""Fetching public files politely and safely: a client with manners, whole and verified files, and what is new."""
