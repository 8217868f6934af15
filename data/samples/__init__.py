"""Files that come with the program (随附数据): word lists of the demo company, maps."""
