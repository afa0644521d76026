package io.wadi.completeness;

import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.AdminRequests;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committed offsets of consumer groups before which all dead letters are visible. The samples of a round share one
 * read of them. Not thread-safe.
 */
final class VisibleOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(VisibleOffsets.class);

    private final AdminOnDemand admin;
    private final VisibleDeadLetters deadLetters;
    /** The committed offsets that the samples of the round share, by group. */
    private final Map<String, Committed> round = new HashMap<>();

    /**
     * The committed offsets of a group.
     *
     * @param deadLetters the check of the dead letters after they were read; empty if one of their partitions has no
     *     leader
     */
    private record Committed(Map<TopicPartition, Long> offsets, Optional<VisibleDeadLetters.Check> deadLetters) {}

    VisibleOffsets(AdminOnDemand admin, String deadLetterTopic) {
        this.admin = admin;
        this.deadLetters = new VisibleDeadLetters(admin, deadLetterTopic);
    }

    /** Begins a round: see {@link ProgressSource#begin}. */
    void begin(Set<String> groups) throws InterruptedException {
        round.clear();
        try {
            Map<String, Map<TopicPartition, Long>> offsets = AdminRequests.knownCommitted(admin.get(), groups);
            if (!offsets.isEmpty()) {
                Optional<VisibleDeadLetters.Check> check = deadLetters.check();
                offsets.forEach((group, committed) -> round.put(group, new Committed(committed, check)));
            }
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("Each sample of the round reads the dead-letter topic", e);
        }
    }

    /** Drops the offsets of a group, so that its further samples in the round read them again. */
    void remove(String group) {
        round.remove(group);
    }

    /**
     * Returns the committed offsets; the last ones with visible dead letters as long as those of later records are not
     * visible.
     *
     * @throws TimeoutException if there are none yet
     */
    Map<TopicPartition, Long> committed(String topic, String group, TrackedTopic known) throws InterruptedException {
        // With an earlier sample, the topic has been the same one since before the round.
        Committed now = known.visible().isPresent() ? round.get(group) : null;
        if (now == null) {
            now = new Committed(AdminRequests.committed(admin.get(), group), deadLetters.check());
        }
        Optional<VisibleDeadLetters.Check> check = now.deadLetters();
        known.usesEarlierOffsets(check.isEmpty() || !check.get().areVisible());
        if (!known.usesEarlierOffsets()) {
            known.visible(now.offsets());
        } else if (check.isPresent()) {
            Optional<TrackedTopic.Pending> earlier = known.pending();
            if (earlier.isPresent() && check.get().isReached(earlier.get().ends())) {
                known.visible(earlier.get().committed());
            }
            known.pend(new TrackedTopic.Pending(now.offsets(), check.get().ends()));
        }
        return known.visible().orElseThrow(() -> invisible(topic));
    }

    /** Returns the exception for a topic with dead letters that are not visible yet. */
    TimeoutException invisible(String topic) {
        return new TimeoutException(
                ("The dead letters of %s cannot be read yet: a transaction is open in topic %s, or one of its"
                                + " partitions has no leader")
                        .formatted(topic, deadLetters.topic()));
    }
}
