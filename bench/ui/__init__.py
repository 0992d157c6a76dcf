"""The browser's figures: `python -m bench.ui` (`make bench-ui`)."""
