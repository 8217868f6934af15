"""Tests mirror the rooms (测试)."""
