"""The kinds of sheet an import knows (导入表类型): one small declaration each."""
