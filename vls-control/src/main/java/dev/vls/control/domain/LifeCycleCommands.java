package dev.vls.control.domain;

import dev.vls.control.ByteSize;
import dev.vls.control.socket.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that the guest or its machine carries out, and that answer nothing. */
public final class LifeCycleCommands {
    private LifeCycleCommands() {}

    @Command(
            name = "suspend",
            description = "Ask a guest to suspend itself; vls resume lets it go on.")
    public static final class Suspend extends DomainCommand {
        @Override
        public void run() {
            control("shutdown suspend");
        }
    }

    @Command(name = "resume", description = "Let a guest go on that has suspended itself.")
    public static final class Resume extends DomainCommand {
        @Option(
                names = "--cancel",
                description = "As if it had not been suspended; else as in a new domain.")
        boolean cancel;

        @Override
        public void run() {
            control(cancel ? "resume cancel" : "resume restore");
        }
    }

    @Command(name = "pause", description = "Stop a guest's vCPUs; it does not notice.")
    public static final class Pause extends DomainCommand {
        @Override
        public void run() {
            control("pause");
        }
    }

    @Command(name = "unpause", description = "Let a paused guest run.")
    public static final class Unpause extends DomainCommand {
        @Override
        public void run() {
            control("unpause");
        }
    }

    @Command(name = "destroy", description = "End a guest where it is, as by pulling the plug.")
    public static final class Destroy extends DomainCommand {
        @Override
        public void run() {
            ask(ControlClient.request("destroy"));
        }
    }

    @Command(name = "crash", description = "End a guest as crashed, with the hypervisor's report.")
    public static final class Crash extends DomainCommand {
        @Override
        public void run() {
            control("crash");
        }
    }

    @Command(name = "sysrq", description = "Send a guest's kernel a SysRq key.")
    public static final class Sysrq extends DomainCommand {
        @Parameters(index = "1", paramLabel = "KEY", description = "One character, such as h.")
        String key = "";

        @Override
        public void run() {
            if (!key.matches("[!-~]")) {
                throw usage("KEY is to be one visible character");
            }
            control("sysrq " + key);
        }
    }

    @Command(name = "nmi", description = "Send a guest's vCPU a non-maskable interrupt.")
    public static final class Nmi extends DomainCommand {
        @Parameters(
                index = "1",
                arity = "0..1",
                defaultValue = "0",
                paramLabel = "VCPU",
                description = "Its number (default: ${DEFAULT-VALUE}).")
        int vcpu;

        @Override
        public void run() {
            if (vcpu < 0) {
                throw usage("VCPU is to be 0 or more");
            }
            control("nmi " + vcpu);
        }
    }

    @Command(
            name = "balloon",
            description = "Set how much memory a guest shall have, by its balloon driver.")
    public static final class Balloon extends DomainCommand {
        @Parameters(
                index = "1",
                paramLabel = "SIZE",
                converter = ByteSize.Converter.class,
                description = "Such as 128M.")
        ByteSize size = new ByteSize(0);

        @Override
        public void run() {
            if (size.bytes() < 1024 || size.bytes() % 1024 != 0) {
                throw usage("SIZE is to be a multiple of 1K");
            }
            control("balloon " + size.bytes() / 1024);
        }
    }

    @Command(
            name = "vcpus",
            description = "Set how many vCPUs a guest shall use, by its hot-plug driver.")
    public static final class Vcpus extends DomainCommand {
        @Parameters(index = "1", paramLabel = "N", description = "1 or more.")
        int online;

        @Override
        public void run() {
            if (online < 1) {
                throw usage("N is to be 1 or more");
            }
            control("vcpus " + online);
        }
    }
}
