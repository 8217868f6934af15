"""What is said about a file (约定): plan, request, report, what a kind is, and what is asked."""
