"""Measurements (性能测量): how long the work takes at growing sizes, on this machine."""
