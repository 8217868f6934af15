"""Tests of the methods (方法测试)."""
