"""Words, figures and files in the reader's language (文字), without a screen."""
