"""What is said about a file (约定): plan, request, report, and what a kind is declared with."""
