"""The only room that speaks SQL or opens files (数据)."""
