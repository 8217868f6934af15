"""Tests of what draws and remembers (界面构件测试)."""
