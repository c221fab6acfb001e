-- Only where the configuration says demo: the clock of this installation may be moved (DESIGN.md §16).
update core.clock_offset set allowed = true where not allowed;
