"""Runs the designer once for each change a browser reports."""

from app.main import main

main()
