"""Made-up patient histories, and the SQL compared with the naive loops on them."""
