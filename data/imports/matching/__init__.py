"""What rows refer to (匹配): customers by code, tax number or confirmed name; other codes."""
