package dev.vls.control;

import dev.vls.control.pair.ArbiterServer;
import dev.vls.control.pair.HostPort;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A ZooKeeper server for those who have none. */
@Command(
        name = "arbiter",
        description = {
            "Run a ZooKeeper server of one machine, which decides who leads guests. Where there",
            "is a ZooKeeper ensemble, name that to vls lead instead: this one is one machine."
        },
        footer = {
            "",
            "Anybody who reaches it may write to it: it belongs on a network of trusted hosts.",
            "Exit codes: 2 it cannot listen there, 3 the directory cannot be used."
        })
final class ArbiterCommand implements Callable<Integer> {
    @Option(
            names = "--listen",
            required = true,
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Where leaders and followers come to.")
    HostPort listen = new HostPort("127.0.0.1", 0);

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Keeps what it has noted, also when it is started again.")
    Path data = Path.of("");

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try (ArbiterServer server = start()) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "(vls) the arbiter is at --arbiter zk://"
                                    + new HostPort(listen.host(), server.port()));
            spec.commandLine().getErr().flush();
            server.await();
            return ExitCode.DONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }

    private ArbiterServer start() throws InterruptedException {
        try {
            return ArbiterServer.start(listen.resolve(), data);
        } catch (SocketException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--listen %s: %s: choose another address".formatted(listen, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.UNUSABLE_INPUT,
                    "--data %s: %s: choose another directory".formatted(data, e.getMessage()),
                    e);
        }
    }
}
