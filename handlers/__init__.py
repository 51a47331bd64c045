"""Everything that comes from outside: HTTP, the command line, the environment."""
