"""Guards (输入检查): what a method refuses, said once, as `BadInput` with a reason code."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from errors import BadInput, Issue

NumberArray = NDArray[Any]
"""int64 (money, counts) or float64."""
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
CodeArray = NDArray[np.str_]


def refuse(reason: str, column: str, value: object = None, **detail: object) -> BadInput:
    """The error to raise: one issue about one argument."""
    text = None if value is None else str(value)
    return BadInput(Issue(reason, column=column, value=text, detail=MappingProxyType(detail)))


def numbers(values: ArrayLike, column: str) -> NumberArray:
    """A 1-D array of finite numbers: int64 when whole by type, else float64.

    Raises:
        BadInput: `not_one_dimensional`, `not_a_number` or `missing_or_infinite`.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise refuse("not_one_dimensional", column, array.shape)
    if array.size == 0:
        return array.astype(np.int64 if array.dtype.kind in "iub" else np.float64)
    if array.dtype.kind in "iub":
        return array.astype(np.int64, copy=False)
    if array.dtype.kind != "f":
        raise refuse("not_a_number", column, array.dtype)
    result = array.astype(np.float64, copy=False)
    bad = ~np.isfinite(result)
    if bad.any():
        raise refuse("missing_or_infinite", column, position=int(bad.argmax()))
    return result


def whole(values: ArrayLike, column: str) -> IntArray:
    """Money: a 1-D array of whole minor units.

    Raises:
        BadInput: `not_whole_units` when given fractions, or as `numbers`.
    """
    array = numbers(values, column)
    if array.size and array.dtype.kind != "i":
        raise refuse("not_whole_units", column, array.dtype)
    return array.astype(np.int64, copy=False)


def floats(values: ArrayLike, column: str) -> FloatArray:
    """An array of float64 of any shape; NaN means undefined and is welcome, infinity is not.

    Raises:
        BadInput: `not_a_number` or `infinite`.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "iubf":
        raise refuse("not_a_number", column, array.dtype)
    result = array.astype(np.float64, copy=False)
    if np.isinf(result).any():
        raise refuse("infinite", column)
    return result


def flags(values: ArrayLike, column: str) -> BoolArray:
    """A 1-D array of truth values.

    Raises:
        BadInput: `not_one_dimensional` or `not_a_flag`.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise refuse("not_one_dimensional", column, array.shape)
    if array.size and array.dtype.kind != "b":
        raise refuse("not_a_flag", column, array.dtype)
    return array.astype(np.bool_, copy=False)


def codes(values: ArrayLike, column: str) -> CodeArray:
    """A 1-D array of text codes; missing values become the empty code.

    Raises:
        BadInput: `not_one_dimensional` or `not_a_code`.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise refuse("not_one_dimensional", column, array.shape)
    if array.dtype.kind == "U":
        return array
    if array.size == 0:
        return array.astype(np.str_)
    if array.dtype.kind != "O":
        raise refuse("not_a_code", column, array.dtype)
    return np.where([isinstance(value, str) for value in array], array, "").astype(np.str_)


def day_numbers(values: ArrayLike, column: str) -> IntArray:
    """Dates as whole days since 1970-01-01; takes datetime64 or whole numbers.

    Raises:
        BadInput: `not_one_dimensional`, `missing_date` or `not_a_date`.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise refuse("not_one_dimensional", column, array.shape)
    if array.dtype.kind == "M":
        if np.isnat(array).any():
            raise refuse("missing_date", column, position=int(np.isnat(array).argmax()))
        return array.astype("datetime64[D]").astype(np.int64)
    if array.dtype.kind in "iu" or array.size == 0:
        return array.astype(np.int64, copy=False)
    raise refuse("not_a_date", column, array.dtype)


def same_length(**arrays: NDArray[Any]) -> int:
    """The common length of the arrays.

    Raises:
        BadInput: `different_lengths`, naming the first that differs.
    """
    (first, *rest) = arrays.items()
    for name, array in rest:
        if len(array) != len(first[1]):
            raise refuse("different_lengths", name, len(array), expected=len(first[1]))
    return len(first[1])


def ascending(values: Sequence[float], column: str, *, above: float) -> FloatArray:
    """Limits that strictly rise and all exceed `above`.

    Raises:
        BadInput: `not_ascending`.
    """
    result = np.asarray(values, dtype=np.float64)
    if result.ndim != 1 or result.size == 0 or not np.isfinite(result).all():
        raise refuse("not_ascending", column, tuple(values))
    if result[0] <= above or (np.diff(result) <= 0).any():
        raise refuse("not_ascending", column, tuple(values))
    return result


def within(value: float, column: str, low: float, high: float) -> float:
    """`value`, if low ≤ value ≤ high.

    Raises:
        BadInput: `out_of_range`.
    """
    if not low <= value <= high:
        raise refuse("out_of_range", column, value, low=low, high=high)
    return value


def positions(values: ArrayLike, column: str, size: int) -> IntArray:
    """Row numbers 0 … size − 1 into the per-customer arrays.

    Raises:
        BadInput: `not_one_dimensional`, `not_a_position` or `out_of_range`.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise refuse("not_one_dimensional", column, array.shape)
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise refuse("not_a_position", column, array.dtype)
    if array.min() < 0 or array.max() >= size:
        raise refuse("out_of_range", column, low=0, high=size - 1)
    return array.astype(np.int64, copy=False)


def fraction(value: int | float | Fraction, column: str) -> Fraction:
    """An exact fraction; a float counts as the decimal it prints as.

    Raises:
        BadInput: `not_a_number`.
    """
    try:
        return Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    except ValueError as error:
        raise refuse("not_a_number", column, value) from error


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> FloatArray:
    """Elementwise quotient; undefined (NaN) wherever the denominator is 0 or NaN."""
    top = np.asarray(numerator, dtype=np.float64)
    bottom = np.asarray(denominator, dtype=np.float64)
    shape = np.broadcast_shapes(top.shape, bottom.shape)
    result = np.full(shape, np.nan)
    np.divide(top, bottom, out=result, where=np.broadcast_to(bottom != 0, shape))
    return result


def half_up(values: ArrayLike) -> FloatArray:
    """Round to whole numbers, halves away from zero (商业四舍五入); NaN stays NaN."""
    array = np.asarray(values, dtype=np.float64)
    return np.copysign(np.floor(np.abs(array) + 0.5), array)
