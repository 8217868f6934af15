"""Everything that draws or remembers (界面构件); given its values, it never loads them."""

from components import reader as reader  # whoever draws speaks the language of the session
