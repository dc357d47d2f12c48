"""What is compared: each contestant is a function that runs in a process of its own."""
