"""Everything that draws or remembers (界面构件); given its values, it never loads them."""
