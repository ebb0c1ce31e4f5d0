"""The table of flags is the one that standardization uses."""

from __future__ import annotations

import re

from screener.catalogue.flags import BY_CODE, FLAGS, explained, notable
from screener.standardize.basis import settled
from screener.standardize.final import flags


def test_every_flag_that_is_set_is_explained() -> None:
    """The codes of the table are exactly those that a row can carry."""
    sql = dict(flags())["flags"] + settled()
    assert set(re.findall(r"THEN '(\w+)' END", sql)) == set(BY_CODE)


def test_notable_flags_are_said_in_words() -> None:
    """A shortlist says what a reader must know and leaves out the rest; an unknown code is never swallowed."""
    assert notable("restated zero_imputed new_code") == (BY_CODE["restated"].meaning, "new_code")
    assert explained("carried") == (("carried", BY_CODE["carried"].meaning),)
    assert len({flag.code for flag in FLAGS}) == len(FLAGS)
