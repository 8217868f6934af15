"""One import under way (暂存): its temporary tables, what is known, found and changed."""
