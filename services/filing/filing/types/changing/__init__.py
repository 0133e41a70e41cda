"""变更或补充: what the changes of every kind of registration share. Each kind is a room of its own."""
