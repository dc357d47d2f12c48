"""Speed and memory, side by side with what else one could use. Not timed tests."""
