"""The methods of customer management (客户管理方法): arrays in, frozen results out.

Nothing here reads a clock, a setting, a file or a store. Per-customer arguments are 1-D
arrays in one common order and the answers come back in that order. Money is whole minor
units; what is undefined is NaN (or an empty code), never 0.
"""
