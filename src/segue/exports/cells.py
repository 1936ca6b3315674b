"""Cells of a table that no spreadsheet takes for a formula.

A spreadsheet that opens a CSV computes what begins like a formula, and a formula can send what else
the sheet holds to somebody. Names of files and titles come from strangers, so text that begins so
gets an apostrophe in front, which spreadsheets take for "this is text". Numbers are no text.

Reference: OWASP, "CSV Injection".
"""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: object) -> object:
    """`value` as it may stand in a table; None is an empty cell.

    >>> cell("=HYPERLINK(A1)"), cell("plain"), cell(-0.5), cell(None)
    ("'=HYPERLINK(A1)", 'plain', -0.5, '')
    """
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
