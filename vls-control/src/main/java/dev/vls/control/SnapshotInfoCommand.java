package dev.vls.control;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.snapshot.SnapshotDescription;
import dev.vls.replay.snapshot.SnapshotException;
import dev.vls.replay.snapshot.SnapshotFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at a snapshot. */
@Command(
        name = "info",
        description = "Print what a snapshot is of, after checking its files.",
        footer = {"", "Exit codes: 0 it can be restored, 3 it cannot."})
final class SnapshotInfoCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "A snapshot's directory.")
    String directory = "";

    @Option(names = "--disks", description = "Check the contents of its disks, too.")
    boolean disks;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try {
            SnapshotFiles files = new SnapshotFiles(Path.of(directory));
            SnapshotDescription snapshot = files.read();
            files.check(snapshot);
            SnapshotDisks.check(files, snapshot, disks);
            print(snapshot, spec.commandLine().getOut());
            return ExitCode.DONE;
        } catch (SnapshotException e) {
            throw SnapshotDisks.unusable(e);
        }
    }

    private void print(SnapshotDescription snapshot, PrintWriter out) {
        ObjectNode fields = fields(snapshot);
        if (json) {
            out.println(fields);
        } else {
            fields.properties()
                    .forEach(
                            field ->
                                    out.printf(
                                            "%-14s %s%n",
                                            field.getKey(),
                                            field.getValue().isTextual()
                                                    ? field.getValue().textValue()
                                                    : field.getValue()));
        }
        out.flush();
    }

    private static ObjectNode fields(SnapshotDescription snapshot) {
        GuestDescription guest = snapshot.guest();
        ObjectNode fields = JsonMapper.builder().build().createObjectNode();
        fields.put("guid", snapshot.guid())
                .put("tool", snapshot.tool())
                .put("name", guest.name())
                .put("kernel", guest.kernel())
                .put("ramdisk", guest.ramdisk())
                .put("cmdline", guest.commandLine())
                .put("memory", guest.memoryBytes())
                .put("vcpus", guest.vcpus())
                .put("clock", guest.clock().virtual() ? "virtual" : "host")
                .put("instructions", snapshot.instructions());
        ArrayNode disks = fields.putArray("disks");
        snapshot.disks().forEach(disk -> disks.add(disk.path()));
        fields.put("networks", guest.interfaces().size())
                .put("memory_bytes", snapshot.memory().bytes())
                .put("state_bytes", snapshot.state().bytes());
        return fields;
    }
}
