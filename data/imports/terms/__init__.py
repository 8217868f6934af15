"""What is said about a file (说法): the plan, the request, the report, and what is asked."""
