"""After an import (导入记录): batches, what they changed, and taking them back."""
