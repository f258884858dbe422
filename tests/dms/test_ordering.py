"""Records in order of creation, compared with a plain list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_dmsconn.dms.ordering import BLOCK_SIZE, CreationOrder, added, after, removed

if TYPE_CHECKING:
    from pytest_dmsconn.dms.ordering import Ordered


class Record(NamedTuple):
    number: int


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 3)),
        st.tuples(st.just("remove"), st.floats(0, 1, exclude_max=True)),
        st.tuples(st.just("read"), st.integers(-1, 40)),
    ),
    max_size=80,
)


@settings(deadline=None, database=None)
@given(operations=OPERATIONS, block_size=st.integers(1, 5))
def test_creation_order_behaves_like_a_plain_list(
    operations: list[tuple[str, Any]], block_size: int
) -> None:
    order: CreationOrder[Record] = CreationOrder()
    few: Ordered[Record] = ()
    model: list[Record] = []
    newest = 0
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("pytest_dmsconn.dms.ordering.BLOCK_SIZE", block_size)
        for operation, argument in operations:
            if operation == "add":
                newest += argument
                record = Record(newest)
                order.add(record)
                few = added(few, record)
                model.append(record)
            elif operation == "remove" and model:
                record = model.pop(int(argument * len(model)))
                order.remove(record)
                few = removed(few, record)
            elif operation == "read":
                expected = [one for one in model if one.number > argument]
                assert list(order.after(argument)) == expected
                assert list(after(few, argument)) == expected
            assert list(order) == list(few) == model
            assert len(order) == len(few) == len(model)


def test_creation_order_goes_on_over_many_blocks() -> None:
    order: CreationOrder[Record] = CreationOrder()
    records = [Record(number) for number in range(0, 6 * BLOCK_SIZE, 2)]
    for record in records:
        order.add(record)

    for number in (-1, 0, 1, BLOCK_SIZE, 2 * BLOCK_SIZE - 1, 6 * BLOCK_SIZE):
        assert list(order.after(number)) == [one for one in records if one.number > number]
