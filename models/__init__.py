"""The nouns (数据模型): SQLModel tables, enums, and small frozen values rooms hand each other."""
