"""The project's own benchmarks: `python -m bench`, ratios side by side in one run. See docs/benchmarks.md."""
