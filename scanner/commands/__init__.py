"""What each command of the program does: options in, exit code out; texts go to the streams that ``cli`` hands over."""
