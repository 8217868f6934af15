"""Tests in a real browser (浏览器测试)."""
