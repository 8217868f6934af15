"""What users change on pages (写入): one function per action, checked, audited, whole."""
