"""What runs outside a page (后台作业): refresh, demo, reports; introduces data to analytics."""
