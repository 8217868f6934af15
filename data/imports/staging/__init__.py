"""The temporary tables of one import (暂存): what they hold, and what is done with them."""
