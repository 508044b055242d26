package dev.vls.control;

import dev.vls.replay.net.PairKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes the keys by which leaders and followers on different hosts know each other. */
@Command(
        name = "keys",
        description = "Make the keys by which leaders and followers know each other.",
        footer = {
            "",
            "Copy the file to all hosts of a guest, and give it to lead, follow and receive",
            "with --keys. Whoever has it can take guests over."
        })
final class KeysCommand implements Callable<Integer> {
    private static final String DAYS = "3650";

    @Parameters(paramLabel = "FILE", description = "Where they go; a file that is there is kept.")
    Path file = Path.of("vls.keys");

    @Override
    public Integer call() throws InterruptedException {
        if (Files.exists(file)) {
            throw new CommandException(
                    ExitCode.USAGE, "keys %s: there is such a file: remove it".formatted(file));
        }
        try {
            make();
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return ExitCode.DONE;
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE, "keys %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** By the JDK's own tool. */
    private void make() throws IOException, InterruptedException {
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                PairKeys.ALIAS,
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=vls",
                                "-validity",
                                DAYS,
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                PairKeys.PASSWORD)
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException(said.lines().findFirst().orElse("keytool failed"));
        }
    }
}
