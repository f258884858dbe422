"""Lists in order of creation, compared with a plain search."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_dmsconn.dms.registry import after, discard


class Numbered(NamedTuple):
    number: int


NUMBERS = st.lists(st.integers(0, 30), unique=True).map(sorted)


@settings(deadline=None, database=None)
@given(numbers=NUMBERS, number=st.integers(-1, 31))
def test_after_and_discard_agree_with_a_plain_search(numbers: list[int], number: int) -> None:
    resources: list[Any] = [Numbered(one) for one in numbers]
    newer = [one for one in resources if one.number > number]
    assert list(after(resources, number)) == newer

    for resource in newer:
        discard(resources, resource)
        discard(resources, resource)

    assert resources == [Numbered(one) for one in numbers if one <= number]


def test_another_resource_of_the_same_number_stays() -> None:
    resources: list[Any] = [Numbered(1)]

    discard(resources, Numbered(int("1")))

    assert resources == [Numbered(1)]
