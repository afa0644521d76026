package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.Records;
import io.wadi.kafka.consumer.SinkConsumer;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.landing.MemoryFileStore.Killed;
import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.format.Encoding;
import io.wadi.landing.format.Encodings;
import io.wadi.landing.format.Format;
import io.wadi.landing.format.FormatOptions;
import io.wadi.local.soak.LandedContent;
import io.wadi.testing.ErrorsOnly;
import io.wadi.testing.Rounds;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Several members that act as the owner of one partition, in random interleavings of their operations. Members are
 * killed at any operation, receive failures of operations that succeeded, and lose their membership unnoticed, while
 * users remove landed files and Kafka deletes records. After any schedule, the landed files cover every offset once, in
 * order, with its value.
 */
@ExtendWith(ErrorsOnly.class)
final class PartitionLanderRandomTest {
    private static final int SCHEDULES = Integer.getInteger("test.schedules", Rounds.of(150, 1_000));
    private static final int SCHEDULES_OF_ALL_FORMATS = Rounds.of(40, 200);
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 0);
    private static final long DAY = 86_400_000;
    private static final List<TimeBuckets> BUCKETS = List.of(TimeBuckets.values());
    private static final Path SCHEMA = Path.of("src", "test", "resources", "fixtures", "v.avsc");
    private static final List<Outcome> OUTCOMES = List.of(Outcome.values());

    @AutoClose("shutdownNow")
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @Test
    void visibleFiles_afterAnySchedule_coverEachOffsetOnce() {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            new Schedule(seed, List.of(encoding(Format.JSONL))).run();
        }
    }

    @Test
    void visibleFiles_ofAllFormats_coverEachOffsetOnce() {
        List<Encoding> all = Stream.of(Format.values())
                .map(PartitionLanderRandomTest::encoding)
                .toList();
        for (long seed = 1; seed <= SCHEDULES_OF_ALL_FORMATS; seed++) {
            new Schedule(seed, all).run();
        }
    }

    private static Encoding encoding(Format format) {
        FormatOptions options =
                new FormatOptions(format, false, SCHEMA.toString(), false, 1, FormatOptions.AvroCodec.NULL, 1 << 20);
        return new Encodings(options, List.of()).of(PARTITION.topic());
    }

    private static final class Schedule {
        private final long seed;
        private final List<Encoding> encodings;
        private final Random random;
        private final Turns turns;
        private final MemoryFileStore store = new MemoryFileStore();
        private final List<ConsumerRecord<byte[], ByteBuffer>> log = new ArrayList<>();
        private final Set<Long> rejected = new TreeSet<>();
        private final List<Landed> takenAway = new ArrayList<>();
        private final Layout layout;
        private final RollPolicy rollPolicy;
        /** The end of the log, after the last record and possibly offsets without records. */
        private final long end;

        private long begin;
        private int faultsIn100;
        private long nanos;
        private int generation;
        private GroupOffset.Committed committed = GroupOffset.Committed.NONE;

        private record Landed(LandedFile file, List<String> content) {
            Landed(LandedFile file, byte[] content) {
                this(file, LandedContent.lines(file.format().extension(), content));
            }
        }

        Schedule(long seed, List<Encoding> encodings) {
            this.seed = seed;
            this.encodings = encodings;
            this.random = new Random(seed);
            this.turns = new Turns(random, THREADS);
            this.rollPolicy = new RollPolicy(1 + random.nextInt(12), 1 + random.nextInt(100), Duration.ofNanos(100));
            this.layout = new Layout("/data", BUCKETS.get(random.nextInt(BUCKETS.size())));
            this.faultsIn100 = List.of(0, 2, 10).get(random.nextInt(3));
            long offset = random.nextInt(3);
            long time = 1_800_000_000_000L;
            for (int i = 10 + random.nextInt(30); i > 0; i--) {
                log.add(Records.record(PARTITION, offset, time, value(offset)));
                time += random.nextLong(DAY) - random.nextLong(DAY / 2);
                offset += random.nextInt(5) == 0 ? 1 + random.nextInt(4) : 1;
            }
            end = offset;
        }

        private String value(long offset) {
            return switch (random.nextInt(10)) {
                case 0 -> null;
                case 1 -> "two\nlines";
                default -> "{\"v\":\"김%d\"}".formatted(offset);
            };
        }

        void run() {
            try {
                store.setFaults(this::fault);
                for (int members = 2 + random.nextInt(2); members > 0; members--) {
                    turns.add(this::member);
                }
                turns.add(this::user);
                turns.add(this::retention);
                turns.run();
                landTheRest();
                check();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("Seed %d: %s".formatted(seed, String.join("\n", store.calls())), e);
            }
        }

        // ---- participants

        /** Joins a few times. Each join fences the previous member, which may still be running. */
        private void member() {
            for (int joins = 1 + random.nextInt(3); joins > 0; joins--) {
                turns.pass();
                try {
                    own(new SinkConsumer(PARTITION, new Membership(++generation), this::land));
                } catch (Killed e) {
                    turns.pass();
                }
            }
        }

        private void own(SinkConsumer consumer) {
            for (int polls = random.nextInt(10); polls > 0; polls--) {
                turns.pass();
                nanos += random.nextInt(40);
                consumer.poll();
            }
            if (random.nextBoolean()) {
                consumer.revoke();
            } else if (random.nextBoolean()) {
                consumer.lose();
            }
        }

        /** Removes landed files below the committed offset, either occasionally or eagerly. */
        private void user() {
            boolean eager = random.nextBoolean();
            for (int takes = random.nextInt(eager ? 150 : 6); takes > 0; takes--) {
                for (int pause = random.nextInt(eager ? 3 : 80); pause >= 0; pause--) {
                    turns.pass();
                }
                List<String> done = visible().stream()
                        .filter(path -> file(path).last() < committed.offset())
                        .toList();
                if (!done.isEmpty()) {
                    String path = done.get(random.nextBoolean() ? done.size() - 1 : random.nextInt(done.size()));
                    takenAway.add(new Landed(file(path), store.take(path)));
                }
            }
        }

        /** Deletes the beginning of the log occasionally, whether it has landed or not. */
        private void retention() {
            for (int deletes = random.nextInt(3); deletes > 0; deletes--) {
                for (int pause = random.nextInt(300); pause >= 0; pause--) {
                    turns.pass();
                }
                int record = random.nextInt(log.size());
                begin = Math.max(begin, log.get(record).offset());
            }
        }

        /** Returns the offset of the next record; the end of the log if there is none. */
        private long next(long offset) {
            return log.stream()
                    .mapToLong(ConsumerRecord::offset)
                    .filter(each -> each >= offset)
                    .findFirst()
                    .orElse(end);
        }

        private void landTheRest() {
            faultsIn100 = 0;
            SinkConsumer last = new SinkConsumer(PARTITION, new Membership(++generation), this::land);
            for (int polls = 0; polls < 100; polls++) {
                last.poll();
            }
            last.revoke();
        }

        private void land(RecordBatch batch) {
            LandingConfiguration landing = new LandingConfiguration(
                    store,
                    layout,
                    topic -> Optional.of(new TopicIdentity("topic", "cluster")),
                    encoding(),
                    rollPolicy,
                    ConsumerRecord::timestamp,
                    publisher(),
                    (record, cause) -> () -> rejected.add(record.offset()),
                    () -> nanos,
                    Instant.MAX);
            batch.sink(PartitionLander.class, first -> PartitionLander.open(first, landing))
                    .append(batch);
        }

        /** Publishes asynchronously, or sometimes synchronously, as with a fast HDFS. */
        private LandingConfiguration.Publisher publisher() {
            return random.nextInt(4) == 0 ? Turns::atOnce : turns::begin;
        }

        /** Returns a random format: it may change at any start. */
        private Encoding encoding() {
            return encodings.get(random.nextInt(encodings.size()));
        }

        // ---- Kafka and HDFS

        private Outcome fault(Operation operation, String path) {
            if (operation != Operation.WRITE) {
                turns.pass();
            }
            if (random.nextInt(100) >= faultsIn100) {
                return Outcome.DONE;
            }
            return OUTCOMES.get(random.nextInt(OUTCOMES.size()));
        }

        /** The membership of one generation: only the newest generation can commit. */
        private final class Membership extends SinkConsumer.Partition {
            private final int own;

            Membership(int own) {
                this.own = own;
            }

            @Override
            public List<ConsumerRecord<byte[], ByteBuffer>> fetch(long offset) {
                turns.pass();
                if (offset < begin) {
                    return List.of(); // Kafka has just deleted the record: the next poll fails.
                }
                return log.stream()
                        .filter(record -> record.offset() >= offset)
                        .limit(1 + random.nextInt(6))
                        .toList();
            }

            @Override
            public long next(long offset) {
                return random.nextBoolean() ? Math.max(offset, Schedule.this.next(offset)) : offset;
            }

            @Override
            public long begin() {
                return begin;
            }

            @Override
            public Committed read() {
                turns.pass();
                return committed;
            }

            @Override
            public boolean commit(Committed requested) {
                turns.pass();
                if (own != generation) {
                    return false;
                }
                assertThat(requested.offset())
                        .as("a commit never goes back")
                        .isGreaterThanOrEqualTo(committed.offset());
                committed = requested;
                return random.nextInt(100) >= faultsIn100;
            }
        }

        // ---- invariants

        private void check() {
            List<Landed> landed = new ArrayList<>(takenAway);
            visible().forEach(path -> landed.add(new Landed(file(path), store.read(path))));
            landed.sort((a, b) -> LandedFile.BY_OFFSET.compare(a.file(), b.file()));
            long next = Math.min(
                    landed.get(0).file().first(),
                    expired().stream().mapToLong(OffsetRange::first).min().orElse(Long.MAX_VALUE));
            assertThat(next).isLessThanOrEqualTo(begin == 0 ? log.get(0).offset() : Long.MAX_VALUE);
            for (Landed each : landed) {
                next = skipExpired(next, each.file().first());
                assertThat(each.file().first()).as("%s follows", each.file()).isEqualTo(next);
                assertThat(each.content()).as("%s", each.file()).isEqualTo(expected(each.file()));
                next = each.file().last() + 1;
            }
            long recordsEnd = log.get(log.size() - 1).offset() + 1;
            assertThat(skipExpired(next, Long.MAX_VALUE)).as("all has landed").isBetween(recordsEnd, end);
            assertThat(committed.offset()).isBetween(recordsEnd, end);
            assertThat(rejected)
                    .containsAll(log.stream()
                            .filter(Schedule::isRejected)
                            .filter(record ->
                                    landed.stream().anyMatch(each -> each.file().covers(record.offset())))
                            .map(ConsumerRecord::offset)
                            .toList());
        }

        private List<String> expected(LandedFile file) {
            return log.stream()
                    .filter(record -> file.covers(record.offset()) && !isRejected(record))
                    .map(record -> new String(Records.bytes(record.value()), UTF_8))
                    .toList();
        }

        private static boolean isRejected(ConsumerRecord<byte[], ByteBuffer> record) {
            return record.value() == null || new String(Records.bytes(record.value()), UTF_8).contains("\n");
        }

        /** Returns the first offset from {@code from} on that is in no expired range ending before {@code end}. */
        private long skipExpired(long from, long end) {
            long next = from;
            for (OffsetRange range : expired()) {
                if (range.first() <= next && range.last() >= next && range.last() < end) {
                    next = range.last() + 1;
                }
            }
            return next;
        }

        private List<OffsetRange> expired() {
            return store.paths().stream()
                    .filter(path -> path.startsWith(layout.expired(PARTITION) + "/"))
                    .map(path -> OffsetRange.parse(name(path)).orElseThrow())
                    .sorted(Comparator.comparingLong(OffsetRange::first))
                    .toList();
        }

        private List<String> visible() {
            return store.paths().stream()
                    .filter(path -> path.startsWith(layout.visible(PARTITION) + "/"))
                    .sorted(Comparator.comparing(this::file, LandedFile.BY_OFFSET))
                    .toList();
        }

        private LandedFile file(String path) {
            return LandedFile.parse(name(path)).orElseThrow();
        }

        private static String name(String path) {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }
}
