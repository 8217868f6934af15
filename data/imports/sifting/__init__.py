"""Rows that are not data (非数据行): told apart, passed over, and listed by name."""
