"""Random lives of accounts while they are pulled: what every source must stand, whatever its people and its servers do."""
