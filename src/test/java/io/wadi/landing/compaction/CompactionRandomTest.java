package io.wadi.landing.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.landing.LandingException;
import io.wadi.landing.MemoryFileStore;
import io.wadi.landing.MemoryFileStore.Killed;
import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import io.wadi.landing.Turns;
import io.wadi.landing.compaction.PartitionCompactor.Merge;
import io.wadi.landing.compaction.PartitionCompactor.Sizes;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.testing.Rounds;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Independent compactors of one partition, in random interleavings of their operations. Compactors are killed at any
 * operation and receive failures of operations that succeeded, while landing continues and users remove landed files.
 * Before every operation, each record is visible once or was removed once, and each file's name matches its content.
 */
final class CompactionRandomTest {
    private static final int SCHEDULES = Rounds.of(150, 2_000);
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 0);
    private static final Layout LAYOUT = new Layout("/data");
    private static final String VISIBLE = LAYOUT.visible(PARTITION) + "/";
    private static final List<Outcome> OUTCOMES = List.of(Outcome.values());

    @AutoClose("shutdownNow")
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @Test
    void visibleFiles_atEachMoment_containEachRecordOnce() {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            new Schedule(seed).run();
        }
    }

    private static final class Schedule {
        private final long seed;
        private final Random random;
        private final Turns turns;
        private final MemoryFileStore store = new MemoryFileStore();
        private final Map<String, byte[]> takenAway = new TreeMap<>();
        private final Sizes sizes;
        private final int faultsIn100;
        private long end;

        Schedule(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.turns = new Turns(random, THREADS);
            this.sizes = new Sizes(8 + random.nextInt(100), 20 + random.nextInt(100), 2 + random.nextInt(4));
            this.faultsIn100 = List.of(0, 3, 12).get(random.nextInt(3));
            for (int files = 3 + random.nextInt(8); files > 0; files--) {
                land();
            }
        }

        void run() {
            try {
                store.setFaults(this::fault);
                for (int compactors = 2 + random.nextInt(2); compactors > 0; compactors--) {
                    turns.add(this::compactor);
                }
                turns.add(this::landing);
                turns.add(this::user);
                turns.run();
                store.setFaults((operation, path) -> Outcome.DONE);
                finish();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("Seed %d: %s".formatted(seed, String.join("\n", store.calls())), e);
            }
        }

        // ---- participants

        private void compactor() {
            for (int lives = 1 + random.nextInt(3); lives > 0; lives--) {
                turns.pass();
                try {
                    compact(new PartitionCompactor(store, LAYOUT, PARTITION, sizes));
                } catch (Killed | LandingException e) {
                    turns.pass();
                }
            }
        }

        private void compact(PartitionCompactor compactor) {
            if (random.nextInt(4) > 0) {
                compactor.recover();
            }
            // Files may change between the plan and its merges.
            List<Merge> merges = compactor.plan(end);
            for (Merge merge : merges) {
                turns.pass();
                compactor.merge(merge);
            }
        }

        private void landing() {
            for (int files = random.nextInt(5); files > 0; files--) {
                for (int pause = random.nextInt(20); pause >= 0; pause--) {
                    turns.pass();
                }
                land();
            }
        }

        private void land() {
            long last = end + random.nextInt(4);
            store.put(VISIBLE + new LandedFile(PARTITION, end, last).name(), VisibleRecords.lines(end, last));
            end = last + 1;
        }

        /** Removes files with the names of landed files. */
        private void user() {
            for (int takes = random.nextInt(4); takes > 0; takes--) {
                for (int pause = random.nextInt(40); pause >= 0; pause--) {
                    turns.pass();
                }
                List<String> landed = visible().keySet().stream()
                        .filter(name -> LandedFile.parse(name).isPresent())
                        .toList();
                if (!landed.isEmpty()) {
                    String name = landed.get(random.nextInt(landed.size()));
                    takenAway.put(name, store.take(VISIBLE + name));
                }
            }
        }

        /** Asserts that a compactor without interference leaves landed files only. */
        private void finish() {
            PartitionCompactor last = new PartitionCompactor(store, LAYOUT, PARTITION, sizes);
            last.recover();
            last.plan(end).forEach(last::merge);
            check();
            assertThat(store.paths())
                    .allMatch(path -> path.startsWith(VISIBLE)
                            && LandedFile.parse(path.substring(VISIBLE.length()))
                                    .isPresent());
            assertThat(last.recover()).isZero();
        }

        // ---- invariants

        private Outcome fault(Operation operation, String path) {
            turns.pass();
            check();
            return random.nextInt(100) >= faultsIn100 ? Outcome.DONE : OUTCOMES.get(random.nextInt(OUTCOMES.size()));
        }

        private void check() {
            Map<String, byte[]> files = visible();
            takenAway.forEach((name, content) -> assertThat(files.putIfAbsent(name, content))
                    .as("%s is taken away and visible", name)
                    .isNull());
            assertThat(VisibleRecords.in(files))
                    .isEqualTo(LongStream.range(0, end).boxed().toList());
        }

        private Map<String, byte[]> visible() {
            Map<String, byte[]> visible = new TreeMap<>();
            for (String path : store.paths()) {
                if (path.startsWith(VISIBLE)) {
                    visible.put(path.substring(VISIBLE.length()), store.read(path));
                }
            }
            return visible;
        }
    }
}
