"""Small scripts for whoever sets the product up or tests it; nothing here runs in production."""
