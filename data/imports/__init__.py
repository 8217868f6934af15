"""Files in (导入): read safely, map, check everything, then commit or nothing."""
