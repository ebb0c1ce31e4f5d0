"""The price index by which Ohlson deflates assets: United States output, 1968 = 100."""

from __future__ import annotations

FIRST_YEAR = 1968

# Implicit price deflator of gross domestic product, 2017 = 100, Bureau of Economic Analysis (A191RD3A086NBEA), by
# year from 1968. Ohlson names the deflator of gross national product: where both were compared (2012 to 2018) they
# differ by less than 0.02 %, which moves the score by less than 0.0001.
_DEFLATOR = (
    18.280, 19.176, 20.189, 21.212, 22.130, 23.342, 25.443, 27.800, 29.330, 31.152, 33.343, 36.110, 39.371, 43.097,
    45.759, 47.552, 49.267, 50.826, 51.849, 53.134, 55.008, 57.165, 59.305, 61.310, 62.707, 64.194, 65.564, 66.939,
    68.164, 69.340, 70.119, 71.111, 72.722, 74.360, 75.515, 77.006, 79.077, 81.556, 84.071, 86.349, 88.013, 88.556,
    89.632, 91.481, 93.185, 94.771, 96.421, 97.316, 98.241, 100.000, 102.291, 103.979, 105.377, 110.186, 118.023,
    122.390, 125.428, 128.986,
)  # fmt: skip

# Year to index, 1968 = 100.
GNP_PRICE_INDEX: dict[int, float] = {
    FIRST_YEAR + number: round(100 * value / _DEFLATOR[0], 2) for number, value in enumerate(_DEFLATOR)
}
LAST_YEAR = max(GNP_PRICE_INDEX)


def year_before(period_end: str) -> str:
    """Return the SQL of the index of the year before ``period_end``; years past the table have its last value."""
    values = ", ".join(str(value) for value in GNP_PRICE_INDEX.values())
    year = f"least(greatest(year({period_end}) - 1, {FIRST_YEAR}), {LAST_YEAR})"
    return f"([{values}])[{year} - {FIRST_YEAR - 1}]::DOUBLE"
