package io.wadi.metrics.alerts.flow;

import io.wadi.kafka.Causes;
import io.wadi.metrics.alerts.flow.NoDataClocks.Proof;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves that hosts are silent. A look begins with what time it is for the hosts; when each group, one after the other, has
 * committed all that was in its topics when it was asked, all documents are handled that were in Kafka when the look began,
 * and the hosts' time of that moment is told to the tasks. What is not handled yet, and what could not come, is not silence:
 * a look waits for groups that are behind, and each break of Kafka begins the time anew in which hosts could be heard.
 */
public final class NoDataMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NoDataMonitor.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final Duration BETWEEN_ANSWERS = Duration.ofMillis(200);
    private static final Duration WORTH_A_WORD = Duration.ofMinutes(1);

    private final List<Reader> readers;
    private final NoDataClocks silence;
    private final Supplier<Properties> adminSettings;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "wadi-silence");
    private final KafkaAvailability hearing = new KafkaAvailability();
    private volatile String waitingFor = "the first look";
    private volatile long proven;

    /** A group and what it reads. */
    public record Reader(String group, Collection<String> topics) {}

    /**
     * Begins to look.
     *
     * @param readers in the order in which documents pass them; the last is the one whose tasks are told
     * @param adminSettings those of an admin client
     */
    public NoDataMonitor(List<Reader> readers, NoDataClocks silence, Supplier<Properties> adminSettings) {
        this.readers = List.copyOf(readers);
        this.silence = silence;
        this.adminSettings = adminSettings;
        this.proven = silence.nanos();
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            do {
                lookUntilItFails();
            } while (!closed.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookUntilItFails() throws InterruptedException {
        try (Admin admin = Admin.create(adminSettings.get())) {
            GroupProgress positions = new GroupProgress(admin);
            do {
                look(positions);
            } while (!closed.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | KafkaException e) {
            hearing.broke();
            waitingFor = "Kafka: " + Causes.inShort(e);
            LOG.debug("No silence can be proven", e);
        }
    }

    private void look(GroupProgress positions) throws ExecutionException, InterruptedException {
        long began = silence.nanos();
        Map<TaskClock, Long> times = new HashMap<>();
        silence.clocks().forEach(clock -> times.put(clock, clock.now()));
        for (Reader reader : readers) {
            Map<TopicPartition, Long> ends = positions.ends(reader.topics());
            if (!awaitRead(positions, reader, ends)) {
                return;
            }
        }
        waitingFor = null;
        proven = began;
        long heardMs = hearing.untilMs(began);
        times.forEach((clock, time) -> clock.prove(new Proof(time, heardMs)));
    }

    /** False where it is closed meanwhile. */
    private boolean awaitRead(GroupProgress positions, Reader reader, Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        while (true) {
            Map<TopicPartition, Long> unread = positions.unread(reader.group(), ends);
            hearing.answered(silence.nanos());
            if (unread.isEmpty()) {
                return true;
            }
            waitingFor = "group %s, which has not read %s".formatted(reader.group(), unread);
            if (closed.await(BETWEEN_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
    }

    /** What keeps it from knowing who is silent, in words; null where nothing does. */
    public String waitingFor() {
        return waitingFor;
    }

    /** The same once it has lasted for a minute. */
    public Optional<String> complaint() {
        String waiting = waitingFor;
        return waiting == null || silence.nanos() - proven < WORTH_A_WORD.toNanos()
                ? Optional.empty()
                : Optional.of("no silence of hosts can be told, it waits for " + waiting);
    }

    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        thread.join(TimeUnit.SECONDS.toMillis(1));
    }
}
