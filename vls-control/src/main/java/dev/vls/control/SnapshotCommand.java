package dev.vls.control;

import picocli.CommandLine.Command;

/** Snapshots of guests. */
@Command(
        name = "snapshot",
        description = "Save a running guest to files, and let it go on from them.",
        subcommands = {
            SnapshotSaveCommand.class,
            SnapshotInfoCommand.class,
            SnapshotRestoreCommand.class
        })
final class SnapshotCommand {}
