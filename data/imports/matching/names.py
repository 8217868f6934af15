"""Company names compared (名称归一): width, spaces, brackets and case do not matter."""

from __future__ import annotations

import unicodedata

from data.imports.files.headers import INVISIBLE

_BRACKETS = str.maketrans(
    {**dict.fromkeys("[{〔【〈《「『", "("), **dict.fromkeys("]}〕】〉》」』", ")")}
)


def plain_name(name: str) -> str:
    """A name as it is compared: `甲（厦门） 公司` is `甲(厦门)公司`; may be empty."""
    seen = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).translate(_BRACKETS)
    return "".join(seen.split()).casefold()
