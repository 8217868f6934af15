"""Bringing files in (导入): a process of its own reads, checks and stores them."""
