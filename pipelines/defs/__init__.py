"""Assets by stage, schedules and sensors."""
