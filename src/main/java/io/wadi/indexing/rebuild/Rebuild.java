package io.wadi.indexing.rebuild;

import io.wadi.indexing.bulk.BulkClient;
import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.bulk.RefusedDocumentException;
import io.wadi.indexing.bulk.RequestSlots;
import io.wadi.indexing.bulk.StoredOrigins;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.document.Document;
import io.wadi.indexing.document.DocumentFactory;
import io.wadi.indexing.document.EventTime;
import io.wadi.indexing.document.IndexName;
import io.wadi.indexing.document.KeyField;
import io.wadi.indexing.document.PendingBatch;
import io.wadi.indexing.setup.IndexSetup;
import io.wadi.indexing.setup.SetupFiles;
import io.wadi.kafka.deadletter.DeadLetters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Builds an index anew beside the one that is written, several partitions at a time, and puts it in its place. Documents have the
 * same ids as those of live indexing, which goes on meanwhile:
 * <ol>
 *   <li>what has landed is indexed, file by file, and after each it is noted in the index how far it is done;
 *   <li>what Kafka has beyond that is indexed too;
 *   <li>the new index takes the alias over, and live indexing writes to it from then on;
 *   <li>what Kafka has got until then is indexed once more from where the second step ended: with that, everything that live
 *       indexing wrote to the former index is in the new one.
 * </ol>
 * Broken off at any point and begun again, it goes on with the same index.
 */
public final class Rebuild implements AutoCloseable {
    /** The route that dead letters of a rebuild name. */
    public static final String ROUTE = "rebuild";

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final Target target;
    private final Source source;
    private final DeadLetters deadLetters;
    private final ElasticsearchAdmin admin;
    private final IndexGenerations generations;
    private final IndexSetup setup;
    private final BulkClient requests;
    private final StoredOrigins origins;
    private final Map<Integer, Long> done = new ConcurrentHashMap<>();
    private final Progress progress = new Progress();
    private String index;

    /**
     * What is built.
     *
     * @param alias the name that the index takes over
     * @param timeField as of live indexing
     * @param addTimestamp as of live indexing
     * @param keyField as of live indexing
     * @param setup the directory of templates and policies
     * @param replaceIndex whether an index of that name may be deleted for it, where it is no alias
     * @param parallel partitions at a time
     * @param bulkDocuments in a request
     * @param bulkBytes of documents in a request
     */
    public record Target(
            String alias,
            String timeField,
            boolean addTimestamp,
            String keyField,
            String setup,
            boolean replaceIndex,
            int parallel,
            int bulkDocuments,
            long bulkBytes) {}

    /** What is read. Called by one thread for each partition. */
    public interface Source {
        /** All partitions that have records. */
        List<TopicPartition> partitions() throws IOException;

        /** The offset after the last that has landed; 0 where none has. */
        long landedEnd(TopicPartition partition) throws IOException;

        /** The first offset that can be had. */
        long begin(TopicPartition partition) throws IOException;

        /** Reads what has landed from an offset on, piece by piece, each ended by telling the offset after it. */
        void landed(
                TopicPartition partition, long from, Consumer<ConsumerRecord<byte[], ByteBuffer>> taker, Piece ended)
                throws IOException;

        /** The offset after the last that Kafka has. */
        long end(TopicPartition partition);

        /** Reads what Kafka has from an offset to before another. */
        void logged(TopicPartition partition, long from, long to, Consumer<ConsumerRecord<byte[], ByteBuffer>> taker);
    }

    /** Is told where a piece ends. */
    public interface Piece {
        /** All before this offset was read. */
        void ended(long next) throws IOException;
    }

    /** How far it is; may be looked at any time. */
    public static final class Progress {
        private final LongAdder indexed = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final Map<Integer, Long> ends = new ConcurrentHashMap<>();
        private final Map<Integer, Long> positions = new ConcurrentHashMap<>();
        private final Map<Integer, Long> begins = new ConcurrentHashMap<>();
        private volatile String trouble;

        /** Documents that are in the index by this run; those that were there already too. */
        public long indexed() {
            return indexed.sum();
        }

        /** Records that are dead letters by this run. */
        public long refused() {
            return refused.sum();
        }

        /** Offsets to go through, in all partitions. */
        public long offsets() {
            return ends.keySet().stream()
                    .mapToLong(partition -> ends.get(partition) - begins.get(partition))
                    .sum();
        }

        /** Offsets gone through, in this run and those before it. */
        public long gone() {
            return positions.keySet().stream()
                    .mapToLong(partition -> positions.get(partition) - begins.get(partition))
                    .sum();
        }

        /** What is tried again, or null. */
        public String trouble() {
            return trouble;
        }
    }

    /** Takes what is built of what, where refused records go, the way to Elasticsearch, and a context with its component. */
    public Rebuild(
            Target target,
            Source source,
            DeadLetters deadLetters,
            ElasticsearchConnection elasticsearch,
            CamelContext camel)
            throws Exception {
        this.target = target;
        this.source = source;
        this.deadLetters = deadLetters;
        this.admin = new ElasticsearchAdmin(elasticsearch);
        this.generations = new IndexGenerations(admin, target.alias());
        this.setup = new IndexSetup(SetupFiles.read(target.setup()), admin);
        AsyncProducer producer =
                camel.getEndpoint("elasticsearch:rebuild?operation=Bulk").createAsyncProducer();
        ServiceHelper.startService(producer);
        this.requests = new BulkClient(producer);
        this.origins = new StoredOrigins(elasticsearch);
    }

    /** How far it is. */
    public Progress progress() {
        return progress;
    }

    /**
     * Does it all.
     *
     * @param told is told of each step, in a line
     * @return the name of the index that has taken over
     * @throws IOException where something did not answer or cannot be read; begun again it goes on
     */
    public String run(Consumer<String> told) throws IOException, InterruptedException {
        if (generations.current().contains(target.alias()) && !target.replaceIndex()) {
            throw new IOException(target.alias() + " is an index and no alias: with --replace-index it is deleted"
                    + " in the moment in which the new one takes its name");
        }
        setup.install();
        begin(told);
        forEach(this::landed);
        told.accept("what has landed is indexed; now what Kafka has beyond it");
        forEach(this::logged);
        generations.takeOver(index);
        told.accept(index + " has taken over " + target.alias());
        forEach(this::logged);
        generations.finished(index);
        long count = generations.refreshAndCount(index);
        told.accept("%s has %,d documents".formatted(index, count));
        return index;
    }

    private void begin(Consumer<String> told) throws IOException {
        var unfinished = generations.unfinished();
        index = unfinished.isPresent() ? unfinished.get() : generations.begin();
        done.putAll(generations.done(index));
        told.accept(unfinished.isPresent() ? "goes on with " + index : index + " is made");
        for (TopicPartition each : source.partitions()) {
            long begin = source.begin(each);
            progress.begins.put(each.partition(), begin);
            progress.positions.put(each.partition(), Math.max(begin, done.getOrDefault(each.partition(), 0L)));
            progress.ends.put(each.partition(), Math.max(source.landedEnd(each), source.end(each)));
        }
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

    private void landed(TopicPartition partition) throws IOException, InterruptedException {
        long from = done.getOrDefault(partition.partition(), 0L);
        Writer writer = new Writer(partition);
        source.landed(partition, from, writer::take, next -> {
            writer.finish();
            noteDone(partition, next);
        });
    }

    private void logged(TopicPartition partition) throws IOException, InterruptedException {
        long from = Math.max(source.begin(partition), done.getOrDefault(partition.partition(), 0L));
        long to = source.end(partition);
        Writer writer = new Writer(partition);
        source.logged(partition, from, to, writer::take);
        writer.finish();
        noteDone(partition, Math.max(from, to));
    }

    private void noteDone(TopicPartition partition, long next) throws IOException {
        synchronized (generations) {
            done.put(partition.partition(), next);
            generations.note(index, new TreeMap<>(done));
        }
        progress.positions.put(partition.partition(), next);
    }

    /** Sends the documents of one partition and waits where Elasticsearch is behind. For one thread. */
    private final class Writer implements BulkSender.Outcomes {
        private final RequestSlots slots = new RequestSlots(2);
        private final DocumentFactory own = new DocumentFactory(
                IndexName.of(index),
                new EventTime(target.timeField()),
                target.addTimestamp(),
                new KeyField(target.keyField()));
        private final PendingBatch run = new PendingBatch(0);
        private final BulkSender sender;
        private final TopicPartition partition;

        Writer(TopicPartition partition) {
            this.partition = partition;
            this.sender = new BulkSender(
                    new BulkSender.Outlet(
                            slots,
                            origins.after(requests),
                            () -> null,
                            target.bulkDocuments(),
                            target.bulkBytes(),
                            Duration.ZERO,
                            System::nanoTime),
                    this);
        }

        void take(ConsumerRecord<byte[], ByteBuffer> consumed) {
            try {
                sender.add(own.of(consumed, run));
            } catch (IllegalArgumentException e) {
                refuse(consumed, e);
            }
            sender.attend();
            while (sender.isFull()) {
                await();
            }
            progress.positions.merge(partition.partition(), consumed.offset(), Math::max);
        }

        void finish() {
            while (!sender.isIdle()) {
                await();
            }
        }

        private void await() {
            try {
                sender.attendWithin(LOOK_EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }

        private void refuse(ConsumerRecord<?, ?> consumed, Exception cause) {
            deadLetters.send(consumed, ROUTE, cause);
            progress.refused.increment();
        }

        @Override
        public void indexed(Document document) {
            progress.indexed.increment();
            progress.trouble = null;
        }

        @Override
        public void refused(Document document, RefusedDocumentException cause) {
            refuse(document.consumed(), cause);
        }

        @Override
        public void failed(String cause, int failures, Duration pause) {
            progress.trouble = "%s; try %d follows in %d ms".formatted(cause, failures + 1, pause.toMillis());
        }
    }

    @Override
    public void close() throws IOException {
        ServiceHelper.stopService(requests.producer());
        origins.close();
        setup.close();
    }
}
