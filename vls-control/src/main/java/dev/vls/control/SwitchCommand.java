package dev.vls.control;

import dev.vls.machine.host.net.LearningSwitch;
import dev.vls.machine.host.net.NetworkLink;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** An Ethernet switch between guests and what they talk to; runs until a signal ends it. */
@Command(
        name = "switch",
        description = {
            "Connect networks: an Ethernet switch that runs until it is interrupted.",
            "A guest that goes on in another process keeps its peers, if both processes are plugged in."
        })
final class SwitchCommand implements Runnable {
    @Option(
            names = "--port",
            required = true,
            paramLabel = "TARGET",
            converter = NetworkTarget.Converter.class,
            description =
                    "What is plugged in, repeated: socket=PATH,listen or socket=HOST:PORT,listen for one that"
                            + " connects, without listen for one that listens, or tap=IF.")
    List<NetworkTarget> targets = new ArrayList<>();

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        for (NetworkTarget target : targets) {
            if (target.mac() != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--port %s: a port has no MAC".formatted(target.text()));
            }
        }
        PrintWriter err = spec.commandLine().getErr();
        List<NetworkLink> links = new ArrayList<>();
        try {
            for (NetworkTarget target : targets) {
                links.add(target.open("--port", links.size()));
            }
        } catch (CommandException e) {
            links.forEach(NetworkLink::close);
            throw e;
        }
        LearningSwitch ports =
                new LearningSwitch(
                        links,
                        line -> {
                            err.println("vls: " + line);
                            err.flush();
                        });
        Runtime.getRuntime().addShutdownHook(new Thread(ports::close, "vls-switch-close"));
        ports.start();
        awaitSignal();
    }

    private static void awaitSignal() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
