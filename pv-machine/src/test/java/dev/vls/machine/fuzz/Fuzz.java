package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.translate.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Command line of the long runs, called by fuzz.sh: {@code seed=N count=N rows=TEXT kind=row
 * threads=N batch=N engine=interpreter|translator}.
 */
final class Fuzz {
    private Fuzz() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        long seed = 1;
        long count = 20_000_000;
        String rows = "";
        int threads = Runtime.getRuntime().availableProcessors();
        long batch = 0;
        CaseGenerator.Kind kind = null;
        Engine engine = Engine.INTERPRETER;
        Path source = Path.of("src/test/c/instruction_oracle.c");
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            String value = pair.length > 1 ? pair[1] : "";
            switch (pair[0]) {
                case "seed" -> seed = Long.parseLong(value);
                case "count" -> count = Long.parseLong(value);
                case "rows" -> rows = value;
                case "threads" -> threads = Integer.parseInt(value);
                case "batch" -> batch = Long.parseLong(value);
                case "kind" -> kind = CaseGenerator.Kind.valueOf(value.toUpperCase(Locale.ROOT));
                case "engine" ->
                        engine =
                                value.equals("translator")
                                        ? Engine.TRANSLATE_EVERYTHING
                                        : Engine.INTERPRETER;
                case "oracle" -> source = Path.of(value);
                default -> {
                    System.err.println("unknown parameter " + argument);
                    System.exit(2);
                }
            }
        }
        System.exit(
                run(new FuzzRun.Config(seed, count, rows, threads, batch, kind, engine), source));
    }

    private static void showProgress(FuzzRun run) {
        try {
            while (true) {
                Thread.sleep(Duration.ofSeconds(30));
                System.err.println(run.report().summary());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int run(FuzzRun.Config config, Path source)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("fuzz");
        Path program = OracleProcess.build(source, directory);
        try {
            System.out.println(config);
            long start = System.nanoTime();
            FuzzRun run = new FuzzRun(config, program, directory);
            Thread progress = Thread.ofVirtual().start(() -> showProgress(run));
            FuzzReport report = run.run();
            progress.interrupt();
            System.out.print(report.text());
            System.out.printf("%.1f s%n", (System.nanoTime() - start) / 1e9);
            return report.differenceCount() == 0 ? 0 : 1;
        } finally {
            Files.delete(program);
            Files.deleteIfExists(directory);
        }
    }
}
