"""The console under /console/: staff keep the knowledge right, operators read what was asked."""
