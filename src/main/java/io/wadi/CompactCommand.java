package io.wadi;

import io.wadi.landing.compaction.Compaction;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.WadiSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * {@code ./wadi compact TOPIC}: merges small landed files into larger ones, while landing and readers go on.
 *
 * <p>Exit codes: 0 done, 1 some files could not be merged, which the output says, 2 it could not be done.
 */
final class CompactCommand {
    private static final String USAGE =
            "Usage: ./wadi compact TOPIC [--below 64MiB] [--to 128MiB] [--dry-run] [--group NAME] [--config DIR]";

    private String topic;
    private String group;
    private long below = 64L << 20;
    private long to = 128L << 20;
    private boolean dryRun;
    private Path configuration = Path.of(".");

    private CompactCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given("Could not compact", out -> parse(args).run(out));
    }

    private static CompactCommand parse(String[] args) {
        CompactCommand command = new CompactCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        while (!left.isEmpty()) {
            String word = left.remove();
            switch (word) {
                case "--below" -> command.below = size(word, Commands.valueOf(word, left, USAGE));
                case "--to" -> command.to = size(word, Commands.valueOf(word, left, USAGE));
                case "--dry-run" -> command.dryRun = true;
                case "--group" -> command.group = Commands.valueOf(word, left, USAGE);
                case "--config" -> command.configuration = Path.of(Commands.valueOf(word, left, USAGE));
                default -> command.topic = Commands.topic(command.topic, word, USAGE);
            }
        }
        if (command.topic == null) {
            throw new IllegalArgumentException(USAGE);
        }
        return command;
    }

    private static long size(String option, String text) {
        try {
            return Units.bytes(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s is \"%s\", not a size such as 64KiB or 128MiB. %s".formatted(option, text, USAGE), e);
        }
    }

    private int run(PrintStream out) throws Exception {
        try (Configured configured = new Configured(configuration)) {
            Settings settings = configured.settings();
            Compaction compaction = new Compaction(
                    configured.hdfs(),
                    settings.get(WadiSettings.LANDING_DIRECTORY),
                    settings.get(WadiSettings.LANDING_REPLICATION).shortValue(),
                    settings.get(WadiSettings.LANDING_BLOCK_SIZE),
                    settings.get(WadiSettings.LANDING_FILE_GROUP),
                    configured
                            .kafka()
                            .observerProperties(group != null ? group : settings.get(WadiSettings.LANDING_GROUP)));
            boolean all = compaction.run(topic, below, to, dryRun, line -> {
                out.println(line);
                out.flush();
            });
            return all ? 0 : 1;
        }
    }
}
