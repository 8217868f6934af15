"""Uploaded files (上传文件): let go of their bytes once they are kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile


def discard(files: Iterable[UploadedFile]) -> None:
    """Drop the session's copies, which Streamlit keeps in memory until the session ends.

    The uploader must be drawn under another key afterwards.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return
    for file in files:
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
