package io.wadi.cli;

import io.wadi.indexing.IndexingSettings;
import io.wadi.indexing.rebuild.Rebuild;
import io.wadi.indexing.rebuild.RebuildProgress;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.landing.LandingSettings;
import io.wadi.landing.files.LandedRecordSource;
import io.wadi.landing.files.LandedRecords;
import io.wadi.runtime.config.Settings;
import java.io.PrintStream;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wadi index}: rebuilds an index from landed files, while indexing continues. */
@Command(
        description = "Rebuilds indices.",
        exitCodeList = {"0:done", "2:the rebuild failed and continues when run again, or the arguments are invalid"})
final class IndexCommand extends OperatorCommand {
    private static final long PROGRESS_INTERVAL_MS = 2000;
    private static final int BAR = 30;

    @Mixin
    private PipelineOptions pipeline;

    IndexCommand(Terminal terminal) {
        super(terminal, "The index is not rebuilt; run the command again to continue");
    }

    private static final class Parallel extends OptionValues.Range {
        Parallel() {
            super(1, 99, "a number from 1 to 99");
        }
    }

    private record Request(String topic, String index, String keyField, int parallel, boolean replaceIndex) {
        String keyField(Settings settings) {
            return keyField != null ? keyField : settings.get(IndexingSettings.KEY_FIELD);
        }
    }

    @Command(
            description = {
                "Rebuilds the index of a topic from its landed files, beside live indexing.",
                "The new index takes over the alias at the end."
            })
    int rebuild(
            @Parameters(paramLabel = "TOPIC", description = "The topic.") String topic,
            @Option(
                            names = "--index",
                            paramLabel = "NAME",
                            description = "The alias (default: wadi.indexing.index, for wadi.indexing.topic)")
                    String index,
            @Option(
                            names = "--key-field",
                            paramLabel = "NAME",
                            description = "Field for the record's key (default: wadi.indexing.key-field)")
                    String keyField,
            @Option(
                            names = "--parallel",
                            paramLabel = "N",
                            defaultValue = "4",
                            converter = Parallel.class,
                            description = "Number of partitions to rebuild concurrently (default: ${DEFAULT-VALUE})")
                    long parallel,
            @Option(
                            names = "--replace-index",
                            description =
                                    "Deletes an index that has the name of the alias, once the new one is complete.")
                    boolean replaceIndex,
            @Option(
                            names = "--ids-by-offset",
                            description =
                                    "Derives document ids from offsets even if events carry ids, which landed lines do"
                                            + " not have.")
                    boolean idsByOffset)
            throws Exception {
        Request request = new Request(topic, index, keyField, (int) parallel, replaceIndex);
        try (CommandConfiguration configured = pipeline.read()) {
            Settings settings = configured.settings();
            Rebuild.Target target = target(settings, request);
            Properties observer = configured.kafka().readerProperties();
            boolean needsIds = !idsByOffset && LandedRecordSource.carriesIds(topic, observer);
            LandedRecordSource source = new LandedRecordSource(
                    topic,
                    new LandedRecords(configured.hdfs(), settings.get(LandingSettings.DIRECTORY)),
                    needsIds ? LandedRecordSource.ValueFiles.KAFKA : valueFiles(settings, request),
                    observer);
            try (TopicIdentities identities = new TopicIdentities(configured.kafka()::adminProperties);
                    Rebuild rebuild = new Rebuild(
                            target,
                            identities.of(topic),
                            source,
                            configured.deadLetters(),
                            configured.elasticsearch(),
                            configured.camel())) {
                runWithProgress(rebuild, out());
            }
            return 0;
        }
    }

    /**
     * Returns where records are read from if landed files contain only values: keys, and timestamps of events without
     * the time field, are only in Kafka.
     */
    private static LandedRecordSource.ValueFiles valueFiles(Settings settings, Request request) {
        boolean addTimestamp = settings.get(IndexingSettings.ADD_TIMESTAMP);
        if (!request.keyField(settings).isEmpty()
                || (addTimestamp && settings.get(IndexingSettings.TIME_FIELD).isEmpty())) {
            return LandedRecordSource.ValueFiles.KAFKA;
        }
        return addTimestamp ? LandedRecordSource.ValueFiles.KAFKA_OR_FILES : LandedRecordSource.ValueFiles.FILES;
    }

    private Rebuild.Target target(Settings settings, Request request) {
        String name = request.index() != null ? request.index() : settings.get(IndexingSettings.INDEX);
        if (request.index() == null && !request.topic().equals(settings.get(IndexingSettings.TOPIC))) {
            throw usageError("--index is required for topic " + request.topic());
        }
        if (name.contains("{")) {
            throw usageError(name
                    + " is a date-based index name, which a single index cannot replace; set an alias with --index");
        }
        return new Rebuild.Target(
                request.topic(),
                name,
                settings.get(IndexingSettings.TIME_FIELD),
                settings.get(IndexingSettings.ADD_TIMESTAMP),
                request.keyField(settings),
                settings.get(IndexingSettings.SETUP),
                request.replaceIndex(),
                request.parallel(),
                settings.get(IndexingSettings.MAX_BULK_DOCUMENTS).intValue(),
                settings.get(IndexingSettings.MAX_BULK_BYTES));
    }

    private static void runWithProgress(Rebuild rebuild, PrintStream out) throws Exception {
        long begin = System.nanoTime();
        CountDownLatch ended = new CountDownLatch(1);
        Thread reporter = new Thread(() -> reportProgress(rebuild.progress(), begin, ended, out), "progress");
        reporter.setDaemon(true);
        reporter.start();
        try {
            rebuild.run(line -> print(line, out));
        } finally {
            ended.countDown();
            reporter.join();
        }
        print(line(rebuild.progress(), begin), out);
    }

    private static void reportProgress(RebuildProgress progress, long begin, CountDownLatch ended, PrintStream out) {
        try {
            while (!ended.await(PROGRESS_INTERVAL_MS, TimeUnit.MILLISECONDS)) {
                if (progress.offsets() > 0 || progress.problem() != null) {
                    print(line(progress, begin), out);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static synchronized void print(String line, PrintStream out) {
        out.println(line);
        out.flush();
    }

    private static String line(RebuildProgress progress, long begin) {
        long all = progress.offsets();
        long gone = Math.min(all, progress.gone());
        int filled = all == 0 ? BAR : (int) (BAR * gone / all);
        double seconds = (System.nanoTime() - begin) / 1e9;
        String problem = progress.problem();
        return "[%s%s] %,d of %,d offsets, %,d documents/s, %,d rejected%s"
                .formatted(
                        "#".repeat(filled),
                        "-".repeat(BAR - filled),
                        gone,
                        all,
                        (long) (progress.indexed() / seconds),
                        progress.refused(),
                        problem == null ? "" : "; waiting: " + problem);
    }
}
