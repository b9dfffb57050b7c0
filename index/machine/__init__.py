"""What of the machine is used: code compiled for it, and processes of this program that work for it."""
