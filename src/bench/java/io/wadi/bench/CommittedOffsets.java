package io.wadi.bench;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** Reads the committed offsets of a group. */
final class CommittedOffsets {
    private CommittedOffsets() {}

    /** Returns the committed offsets by partition; the group reads one topic. */
    static Map<Integer, Long> of(Admin admin, String group) throws IOException, InterruptedException {
        try {
            Map<Integer, Long> found = new HashMap<>();
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> {
                        if (offset != null) {
                            found.put(partition.partition(), offset.offset());
                        }
                    });
            return found;
        } catch (ExecutionException e) {
            throw new IOException("Cannot read the committed offsets of group " + group, e);
        }
    }
}
