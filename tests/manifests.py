"""Installed components are looked for once (组件清单): packages do not change while tests run.

Every page AppTest opens looks through the metadata of every installed package for
components of Streamlit: two thirds of the time of a page of these tests. A server does
so once, when it starts.
"""

from __future__ import annotations

import functools
import sys


def share() -> None:
    """From now on, where pages are opened at all; once a process."""
    if "streamlit.testing.v1" in sys.modules:
        from streamlit.components.v2 import manifest_scanner

        looked = functools.cache(manifest_scanner.scan_component_manifests)
        manifest_scanner.scan_component_manifests = looked
