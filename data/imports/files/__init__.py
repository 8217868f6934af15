"""A file into rows of text (读文件): encodings, separators, workbooks, headers."""
