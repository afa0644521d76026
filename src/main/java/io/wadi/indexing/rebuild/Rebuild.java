package io.wadi.indexing.rebuild;

import io.wadi.indexing.bulk.BulkClient;
import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.bulk.RequestSlots;
import io.wadi.indexing.bulk.StoredOrigins;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.document.DocumentFactory;
import io.wadi.indexing.document.EventTime;
import io.wadi.indexing.document.IndexName;
import io.wadi.indexing.document.KeyField;
import io.wadi.indexing.setup.IndexOrigins;
import io.wadi.indexing.setup.Installation;
import io.wadi.indexing.setup.SetupFiles;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.records.RecordSource;
import io.wadi.kafka.topics.TopicIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.kafka.common.TopicPartition;

/**
 * Rebuilds an index beside the live one, several partitions at a time, and replaces it. Documents have the same ids as
 * those of live indexing, which continues meanwhile:
 * <ol>
 *   <li>landed files are indexed, and the progress is recorded in the index after each;
 *   <li>the records in Kafka after them are indexed;
 *   <li>the alias is switched to the new index, and live indexing writes to it from then on;
 *   <li>the records after the end of the second step are indexed: then everything that live indexing wrote to the
 *       former index is in the new one.
 * </ol>
 * A rebuild that was interrupted continues with the same index.
 */
public final class Rebuild implements AutoCloseable {
    /** The route id in the dead letters of a rebuild, with the prefix by which receipts recognize indexing routes. */
    public static final String ROUTE = "index-rebuild";

    private final Target target;
    private final RecordSource source;
    private final DeadLetterSender deadLetters;
    private final ElasticsearchAdmin admin;
    private final IndexGenerations generations;
    private final Optional<TopicIdentity> identity;
    private final Installation installation;
    private final BulkClient requests;
    private final StoredOrigins origins;
    private final Map<Integer, Long> done = new ConcurrentHashMap<>();
    private final RebuildProgress progress = new RebuildProgress();
    private String index;

    /**
     * The index to build.
     *
     * @param topic the topic with the records to index
     * @param alias the alias to switch to the index
     * @param timeField as in live indexing
     * @param addTimestamp as in live indexing
     * @param keyField as in live indexing
     * @param setup directory of templates and policies
     * @param replaceIndex whether an index with the alias's name may be deleted
     * @param parallel maximum number of concurrent partitions
     * @param bulkDocuments maximum number of documents in a request
     * @param bulkBytes maximum size of the documents in a request
     */
    public record Target(
            String topic,
            String alias,
            String timeField,
            boolean addTimestamp,
            String keyField,
            String setup,
            boolean replaceIndex,
            int parallel,
            int bulkDocuments,
            long bulkBytes) {
        /**
         * Checks the alias.
         *
         * @throws IllegalArgumentException if the names of the indices behind the alias, which are longer, are invalid
         */
        public Target {
            try {
                IndexName.of(alias + "-000001");
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(alias + " cannot be rebuilt: " + e.getMessage(), e);
            }
        }
    }

    /**
     * Creates a rebuild.
     *
     * @param identity of the topic; empty if the cluster's topics have no ids
     * @param camel provides the component {@code elasticsearch}
     */
    public Rebuild(
            Target target,
            Optional<TopicIdentity> identity,
            RecordSource source,
            DeadLetterSender deadLetters,
            ElasticsearchConnection elasticsearch,
            CamelContext camel)
            throws Exception {
        this.target = target;
        this.identity = identity;
        this.source = source;
        this.deadLetters = deadLetters;
        this.admin = new ElasticsearchAdmin(elasticsearch);
        this.generations = new IndexGenerations(admin, target.alias());
        this.installation = new Installation(SetupFiles.read(target.setup()), admin);
        AsyncProducer producer =
                camel.getEndpoint("elasticsearch:rebuild?operation=Bulk").createAsyncProducer();
        ServiceHelper.startService(producer);
        this.requests = new BulkClient(producer);
        this.origins = new StoredOrigins(elasticsearch);
    }

    public RebuildProgress progress() {
        return progress;
    }

    /**
     * Runs the rebuild.
     *
     * @param output receives a line for each step and each range of missing records; thread-safe
     * @throws IOException if a server does not respond or a file cannot be read; another run continues from there
     */
    public void run(Consumer<String> output) throws IOException, InterruptedException {
        if (generations.current().contains(target.alias()) && !target.replaceIndex()) {
            throw new IOException(target.alias() + " is an index, not an alias: --replace-index deletes it"
                    + " when the alias is created");
        }
        if (generations.isDataStream()) {
            throw new IOException(target.alias() + " is a data stream, which cannot be rebuilt: expected an alias");
        }
        requireOneTopic();
        requireSameTopic();
        installation.install();
        begin(output);
        forEach(partition -> landed(partition, output));
        output.accept("indexed the landed files; indexing the later records in Kafka");
        forEach(partition -> logged(partition, output));
        generations.takeOver(index);
        output.accept("switched " + target.alias() + " to " + index);
        forEach(partition -> logged(partition, output));
        generations.finished(index);
        long count = generations.refreshAndCount(index);
        output.accept("%s has %,d documents".formatted(index, count));
    }

    /** The new index contains the documents of one topic only, and the alias then no longer those of others. */
    private void requireOneTopic() throws IOException {
        for (String topic : IndexOrigins.topics(admin, target.alias())) {
            if (!topic.equals(target.topic())) {
                throw new IOException(
                        ("%s also has documents of topic %s, which the new index would not have: expected an index"
                                        + " of one topic. If it has none of %2$s, send DELETE %3$s to Elasticsearch")
                                .formatted(target.alias(), topic, IndexOrigins.path(target.alias(), topic)));
            }
        }
    }

    /**
     * Rejects a topic that was recreated since it was indexed: the landed files and the index may be of the former one,
     * and live indexing waits.
     */
    private void requireSameTopic() throws IOException {
        if (identity.isPresent()) {
            Optional<String> difference =
                    IndexOrigins.difference(admin, target.alias(), target.topic(), identity.get());
            if (difference.isPresent()) {
                throw new IOException(difference.get());
            }
        }
    }

    private void begin(Consumer<String> output) throws IOException {
        Optional<String> topicId = identity.map(TopicIdentity::id);
        Optional<String> unfinished = generations.unfinished();
        if (unfinished.isPresent() && isOfFormerTopic(unfinished.get(), topicId, output)) {
            unfinished = Optional.empty();
        }
        index = unfinished.isPresent() ? unfinished.get() : generations.begin(topicId);
        done.putAll(generations.done(index));
        output.accept(unfinished.isPresent() ? "continuing " + index : "created " + index);
        for (TopicPartition each : source.partitions()) {
            long begin = source.begin(each);
            progress.add(
                    each.partition(),
                    begin,
                    Math.max(begin, done.getOrDefault(each.partition(), 0L)),
                    Math.max(source.storedEnd(each), source.end(each)));
        }
    }

    /** Offsets of a topic that was deleted and created again do not refer to its present records. */
    private boolean isOfFormerTopic(String unfinished, Optional<String> topicId, Consumer<String> output)
            throws IOException {
        Optional<String> former = generations.topicId(unfinished);
        if (former.isEmpty() || topicId.isEmpty() || former.equals(topicId)) {
            return false;
        }
        output.accept(("%s is not continued: topic %s was recreated: its id is %s, but the index is of the topic with"
                        + " id %s")
                .formatted(unfinished, target.topic(), topicId.get(), former.get()));
        return true;
    }

    // ---- the steps of one partition

    private interface Step {
        void of(TopicPartition partition) throws IOException, InterruptedException;
    }

    private void forEach(Step step) throws IOException, InterruptedException {
        ExecutorService workers = Executors.newFixedThreadPool(target.parallel());
        try {
            List<Future<?>> all = new ArrayList<>();
            for (TopicPartition each : source.partitions()) {
                all.add(workers.submit(() -> {
                    step.of(each);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException || e.getCause() instanceof RuntimeException) {
                throw new IOException(e.getCause().getMessage(), e.getCause());
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }

    private void landed(TopicPartition partition, Consumer<String> output) throws IOException {
        RebuildWriter writer = writer(partition);
        source.stored(partition, start(partition), writer::take, new RecordSource.ChunkListener() {
            @Override
            public void completed(long next) throws IOException {
                writer.finish();
                noteDone(partition, next);
            }

            @Override
            public void missing(long first, long last) {
                reportMissing(partition, first, last, output);
            }
        });
    }

    /**
     * Returns the offset at which a step begins. Records that are gone since an earlier step or run are missing, those
     * before the first one are not.
     */
    private long start(TopicPartition partition) throws IOException {
        Long indexed = done.get(partition.partition());
        return indexed == null ? source.begin(partition) : indexed;
    }

    private static void reportMissing(TopicPartition partition, long first, long last, Consumer<String> output) {
        output.accept("%s: the records of offsets %d to %d are not indexed: neither a landed file nor Kafka has them"
                .formatted(partition, first, last));
    }

    private void logged(TopicPartition partition, Consumer<String> output) throws IOException, InterruptedException {
        long from = start(partition);
        long to = source.end(partition);
        RebuildWriter writer = writer(partition);
        source.logged(
                partition, from, to, writer::take, (first, last) -> reportMissing(partition, first, last, output));
        writer.finish();
        noteDone(partition, Math.max(from, to));
    }

    private RebuildWriter writer(TopicPartition partition) {
        DocumentFactory documents = new DocumentFactory(
                IndexName.of(index),
                new EventTime(target.timeField()),
                target.addTimestamp(),
                new KeyField(target.keyField()));
        BulkSender.Outlet outlet = new BulkSender.Outlet(
                new RequestSlots(2),
                origins.after(requests),
                () -> null,
                target.bulkDocuments(),
                target.bulkBytes(),
                Duration.ZERO,
                System::nanoTime);
        return new RebuildWriter(partition, documents, outlet, deadLetters, progress);
    }

    private void noteDone(TopicPartition partition, long next) throws IOException {
        synchronized (generations) {
            done.put(partition.partition(), next);
            generations.note(index, new TreeMap<>(done));
        }
        progress.reached(partition.partition(), next);
    }

    @Override
    public void close() throws IOException {
        ServiceHelper.stopService(requests.producer());
        origins.close();
        admin.close();
    }
}
