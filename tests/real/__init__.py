"""Tests on real files, skipped without SCREENER_REAL_DATA."""
