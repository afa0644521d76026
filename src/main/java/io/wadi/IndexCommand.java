package io.wadi;

import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.rebuild.Rebuild;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.landing.files.LandedRecords;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./wadi index rebuild TOPIC}: indexes a topic anew from its landed files, beside live indexing, into an index that takes
 * the alias over at the end.
 *
 * <p>Exit codes: 0 done, 2 it could not be done, or not to its end: begun again it goes on.
 */
final class IndexCommand {
    private static final String USAGE =
            "Usage: ./wadi index rebuild TOPIC [--index NAME] [--key-field NAME] [--parallel N]"
                    + " [--replace-index] [--ids-by-offset] [--config DIR]";
    private static final long TELL_EVERY_MS = 2000;
    private static final int BAR = 30;

    private String topic;
    private String index;
    private String keyField;
    private int parallel = 4;
    private boolean replaceIndex;
    private boolean idsByOffset;
    private Path configuration = Path.of(".");

    private IndexCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given(
                "The index is not rebuilt; begun again it goes on",
                out -> parse(args).run(out));
    }

    private static IndexCommand parse(String[] args) {
        IndexCommand command = new IndexCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        if (!"rebuild".equals(left.poll())) {
            throw new IllegalArgumentException(USAGE);
        }
        while (!left.isEmpty()) {
            String word = left.remove();
            switch (word) {
                case "--index" -> command.index = Commands.valueOf(word, left, USAGE);
                case "--key-field" -> command.keyField = Commands.valueOf(word, left, USAGE);
                case "--parallel" -> command.parallel = number(word, Commands.valueOf(word, left, USAGE));
                case "--replace-index" -> command.replaceIndex = true;
                case "--ids-by-offset" -> command.idsByOffset = true;
                case "--config" -> command.configuration = Path.of(Commands.valueOf(word, left, USAGE));
                default -> command.topic = Commands.topic(command.topic, word, USAGE);
            }
        }
        if (command.topic == null) {
            throw new IllegalArgumentException(USAGE);
        }
        return command;
    }

    private static int number(String option, String text) {
        if (!text.matches("[1-9]\\d?")) {
            throw new IllegalArgumentException(
                    "%s is \"%s\", not a number from 1 to 99. %s".formatted(option, text, USAGE));
        }
        return Integer.parseInt(text);
    }

    private int run(PrintStream out) throws Exception {
        try (Configured configured = new Configured(configuration)) {
            Settings settings = configured.settings();
            KafkaClients kafka = configured.kafka();
            LandedSource source = new LandedSource(
                    topic,
                    new LandedRecords(configured.hdfs(), settings.get(WadiSettings.LANDING_DIRECTORY)),
                    !keyField(settings).isEmpty(),
                    kafka.observerProperties("none"));
            if (!idsByOffset && !settings.get(WadiSettings.LANDING_ENVELOPE) && source.carriesIds()) {
                throw new IOException("events of " + topic + " carry ids, which landed lines do not have: with"
                        + " --ids-by-offset documents that come from lines get ids by their offsets, and those that live"
                        + " indexing has under their own are there twice");
            }
            try (DeadLetters deadLetters =
                            new DeadLetters(settings.get(WadiSettings.DEAD_LETTERS_TOPIC), kafka::patientProducer);
                    Rebuild rebuild = new Rebuild(
                            target(settings),
                            source,
                            deadLetters,
                            configured.part(ElasticsearchConnection.class),
                            configured.camel())) {
                watched(rebuild, out);
            }
            return 0;
        }
    }

    private String keyField(Settings settings) {
        return keyField != null ? keyField : settings.get(WadiSettings.INDEXING_KEY_FIELD);
    }

    private Rebuild.Target target(Settings settings) {
        String name = index != null ? index : settings.get(WadiSettings.INDEXING_INDEX);
        if (index == null && !topic.equals(settings.get(WadiSettings.INDEXING_TOPIC))) {
            throw new IllegalArgumentException("--index says which index of topic " + topic + ". " + USAGE);
        }
        if (name.contains("{")) {
            throw new IllegalArgumentException(name + " is an index for each day or month, which no one index can"
                    + " replace; --index names an alias. " + USAGE);
        }
        boolean addTimestamp = settings.get(WadiSettings.INDEXING_ADD_TIMESTAMP);
        if (addTimestamp && settings.get(WadiSettings.INDEXING_TIME_FIELD).isEmpty()) {
            throw new IllegalArgumentException(
                    "wadi.indexing.add-timestamp needs wadi.indexing.time-field: lines do not"
                            + " have Kafka's timestamp");
        }
        return new Rebuild.Target(
                name,
                settings.get(WadiSettings.INDEXING_TIME_FIELD),
                addTimestamp,
                keyField(settings),
                settings.get(WadiSettings.INDEXING_SETUP),
                replaceIndex,
                parallel,
                settings.get(WadiSettings.INDEXING_BULK_DOCUMENTS).intValue(),
                settings.get(WadiSettings.INDEXING_BULK_BYTES));
    }

    private static void watched(Rebuild rebuild, PrintStream out) throws Exception {
        long begin = System.nanoTime();
        CountDownLatch ended = new CountDownLatch(1);
        Thread teller = new Thread(() -> tell(rebuild.progress(), begin, ended, out), "progress");
        teller.setDaemon(true);
        teller.start();
        try {
            rebuild.run(line -> print(line, out));
        } finally {
            ended.countDown();
            teller.join();
        }
        print(line(rebuild.progress(), begin), out);
    }

    private static void tell(Rebuild.Progress progress, long begin, CountDownLatch ended, PrintStream out) {
        try {
            while (!ended.await(TELL_EVERY_MS, TimeUnit.MILLISECONDS)) {
                print(line(progress, begin), out);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static synchronized void print(String line, PrintStream out) {
        out.println(line);
        out.flush();
    }

    private static String line(Rebuild.Progress progress, long begin) {
        long all = progress.offsets();
        long gone = Math.min(all, progress.gone());
        int filled = all == 0 ? BAR : (int) (BAR * gone / all);
        double seconds = (System.nanoTime() - begin) / 1e9;
        String trouble = progress.trouble();
        return "[%s%s] %,d of %,d offsets, %,d documents/s, %,d refused%s"
                .formatted(
                        "#".repeat(filled),
                        "-".repeat(BAR - filled),
                        gone,
                        all,
                        (long) (progress.indexed() / seconds),
                        progress.refused(),
                        trouble == null ? "" : "; waits: " + trouble);
    }
}
